package dev.socketpair.process;

/**
 * Where a child process finds its end of the pair.
 */
public enum Attachment {

	/**
	 * At its standard input and output. Everything that it prints goes into the socket.
	 */
	STDIO,

	/**
	 * At a descriptor from 3 to 9, whose number environment variables announce. The JDK
	 * closes these in a child, so {@code /bin/sh} puts it there and then becomes the
	 * command.
	 */
	DESCRIPTOR

}
