/**
 * Tests of messages over sockets.
 */
package dev.socketpair.message;
