package dev.socketpair.autoconfigure.process;

import dev.socketpair.process.SocketPairProcess;

import org.springframework.context.ApplicationEvent;

/**
 * Something happened to a child of a configured {@link SocketPairProcess}. The events of
 * one process come in order, in a thread that has nothing else to do.
 */
@SuppressWarnings("serial")
public abstract class SocketPairProcessEvent extends ApplicationEvent {

	SocketPairProcessEvent(SocketPairProcess process) {
		super(process);
	}

	/**
	 * Return the process, whose state may be another by now.
	 * @return the process
	 */
	public SocketPairProcess getProcess() {
		return (SocketPairProcess) getSource();
	}

	/**
	 * Return the name of the process, which is that of its bean.
	 * @return the name
	 */
	public String getName() {
		return getProcess().name();
	}

}
