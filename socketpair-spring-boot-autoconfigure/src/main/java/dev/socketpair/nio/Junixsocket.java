package dev.socketpair.nio;

import java.io.IOException;

import org.newsclub.net.unix.FileDescriptorCast;

/**
 * What the JDK has no door for and junixsocket opens: a descriptor as a redirect of a
 * child process. Apart from other classes, so that they can be used without junixsocket.
 */
final class Junixsocket {

	private Junixsocket() {
	}

	/**
	 * Return a descriptor as a redirect.
	 * @param number the descriptor, of which nothing is taken over and which must stay
	 * open during the call: junixsocket closes a number that it finds closed
	 * @return the redirect
	 * @throws IOException if junixsocket is missing or cannot load its native library
	 */
	static ProcessBuilder.Redirect redirect(int number) throws IOException {
		try {
			return FileDescriptorCast.unsafeUsing(number).as(ProcessBuilder.Redirect.class);
		}
		catch (LinkageError | ClassCastException | IOException ex) {
			throw new IOException("A socket cannot be given to a child process: junixsocket-core is missing from the "
					+ "class path or cannot load its native library; give it a directory that can be written to and "
					+ "executed from with '-Dorg.newsclub.net.unix.library.tmpdir=DIRECTORY'", ex);
		}
	}

}
