package dev.socketpair.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Sample application for socket pairs.
 */
@SpringBootApplication
public class SampleApplication {

	/**
	 * Sample application for socket pairs.
	 * @param args the arguments
	 */
	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

}
