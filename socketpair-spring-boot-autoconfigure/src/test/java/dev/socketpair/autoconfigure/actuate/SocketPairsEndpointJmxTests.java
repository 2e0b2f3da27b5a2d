package dev.socketpair.autoconfigure.actuate;

import java.lang.management.ManagementFactory;

import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of the endpoint over JMX.
 */
class SocketPairsEndpointJmxTests {

	private static final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class,
				SocketPairProcessAutoConfiguration.class, SocketPairsEndpointAutoConfiguration.class,
				EndpointAutoConfiguration.class, JmxAutoConfiguration.class, JmxEndpointAutoConfiguration.class))
		.withPropertyValues("spring.jmx.enabled=true", "socketpair.pairs.control.type=seqpacket");

	@Test
	void pairIsShownWhereTheEndpointIsExposed() {
		this.runner.withPropertyValues("management.endpoints.jmx.exposure.include=socketpairs").run((context) -> {
			assertThat(server.invoke(endpoint(), "socketPairs", new Object[0], new String[0])).asString()
				.contains("name=control", "type=seqpacket");
			assertThat(server.invoke(endpoint(), "socketPair", new Object[] { "control" },
					new String[] { String.class.getName() }))
				.asString()
				.contains("name=control");
		});
	}

	@Test
	void endpointIsNotExposedUnlessItIsAskedFor() {
		this.runner.run((context) -> assertThatExceptionOfType(InstanceNotFoundException.class)
			.isThrownBy(() -> server.getMBeanInfo(endpoint())));
	}

	private static ObjectName endpoint() throws Exception {
		return new ObjectName("org.springframework.boot:type=Endpoint,name=Socketpairs");
	}

}
