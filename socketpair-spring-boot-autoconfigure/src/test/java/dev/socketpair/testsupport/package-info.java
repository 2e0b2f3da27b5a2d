/**
 * What several tests share.
 */
package dev.socketpair.testsupport;
