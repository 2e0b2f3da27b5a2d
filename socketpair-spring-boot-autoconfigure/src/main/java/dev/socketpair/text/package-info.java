/**
 * Text that came from elsewhere and is to stand in a log or a message. No part of the
 * API.
 */
@NullMarked
package dev.socketpair.text;

import org.jspecify.annotations.NullMarked;
