package dev.socketpair.autoconfigure;

import java.io.IOException;

import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.SocketPairProcessInitializer;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The initializers that are beans, looked up when there is a child to prepare: one may
 * need the very process that is being made.
 */
class LateProcessInitializer implements SocketPairProcessInitializer {

	private final ObjectProvider<SocketPairProcessInitializer> beans;

	LateProcessInitializer(ObjectProvider<SocketPairProcessInitializer> beans) {
		this.beans = beans;
	}

	@Override
	public void initialize(String processName, MessageConnection messages) throws IOException {
		for (SocketPairProcessInitializer initializer : this.beans.orderedStream().toList()) {
			initializer.initialize(processName, messages);
		}
	}

}
