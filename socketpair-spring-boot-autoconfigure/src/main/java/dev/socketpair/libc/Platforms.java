package dev.socketpair.libc;

/**
 * The platforms that are known.
 */
public final class Platforms {

	/**
	 * The platform of this process. Where the system is none that is known, it is Linux,
	 * whose check refuses it.
	 */
	public static final Platform CURRENT = new LinuxPlatform();

	private Platforms() {
	}

}
