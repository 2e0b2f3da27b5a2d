package dev.socketpair.benchmarks.spring;

import java.io.IOException;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts, makes its first pair, and ends.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class PairApplication {

	/**
	 * Start, make a pair, and end.
	 * @param arguments the command line
	 * @throws IOException if the pair cannot be made
	 */
	public static void main(String[] arguments) throws IOException {
		try (ConfigurableApplicationContext context = SpringApplication.run(PairApplication.class, arguments);
				SocketPair pair = context.getBean(SocketPairFactory.class).create()) {
			if (!pair.isOpen()) {
				throw new IllegalStateException("There is no pair");
			}
		}
	}

}
