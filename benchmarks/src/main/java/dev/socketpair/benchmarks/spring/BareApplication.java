package dev.socketpair.benchmarks.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * Starts and ends. Runs without the starter.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class BareApplication {

	/**
	 * Start and end.
	 * @param arguments the command line
	 */
	public static void main(String[] arguments) {
		SpringApplication.run(BareApplication.class, arguments).close();
	}

}
