package dev.socketpair.autoconfigure.process;

import dev.socketpair.process.SocketPairProcess;

import org.springframework.context.ApplicationEvent;

/**
 * An event of a child of a {@link SocketPairProcess} bean. The events of one process are
 * published in order, by a thread of their own.
 */
@SuppressWarnings("serial")
public abstract class SocketPairProcessEvent extends ApplicationEvent {

	SocketPairProcessEvent(SocketPairProcess process) {
		super(process);
	}

	/**
	 * Return the process. Its state may have changed since the event.
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
