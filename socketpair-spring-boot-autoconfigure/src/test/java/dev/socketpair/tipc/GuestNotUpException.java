package dev.socketpair.tipc;

/**
 * No guest came up on this machine, which says nothing about what was to run in it.
 */
final class GuestNotUpException extends Exception {

	private static final long serialVersionUID = 1L;

	GuestNotUpException(String message) {
		super(message);
	}

}
