package dev.socketpair.autoconfigure;

import java.util.Map;
import java.util.NoSuchElementException;

import dev.socketpair.SocketPair;
import dev.socketpair.process.SocketPairProcess;

/**
 * The pairs that the configuration has under {@code socketpair.pairs}, and the child
 * processes that it has under {@code socketpair.processes}, by name. They are beans of
 * the same names, which can be injected too; the registry is for a name that is known at
 * run time only. Safe for use by any thread while the application context is open.
 */
public interface SocketPairRegistry {

	/**
	 * Return the pair of a name.
	 * @param name a name under {@code socketpair.pairs}, in the same case
	 * @return the pair, always the same one. The application context closes it.
	 * @throws NoSuchElementException if the configuration does not have the name; the
	 * message tells which it has
	 */
	SocketPair pair(String name);

	/**
	 * Return all pairs.
	 * @return an unmodifiable map by name, in the order of the configuration; empty if
	 * the configuration has none
	 */
	Map<String, SocketPair> pairs();

	/**
	 * Return the child process of a name.
	 * @param name a name under {@code socketpair.processes}, in the same case
	 * @return the process, always the same one. The application context stops it.
	 * @throws NoSuchElementException if the configuration does not have the name; the
	 * message tells which it has
	 */
	SocketPairProcess process(String name);

	/**
	 * Return all child processes.
	 * @return an unmodifiable map by name, in the order of the configuration; empty if
	 * the configuration has none
	 */
	Map<String, SocketPairProcess> processes();

}
