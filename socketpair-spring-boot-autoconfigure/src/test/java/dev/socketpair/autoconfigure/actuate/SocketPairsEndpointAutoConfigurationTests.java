package dev.socketpair.autoconfigure.actuate;

import java.util.List;
import java.util.Set;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.actuate.SocketPairsEndpoint;
import dev.socketpair.actuate.SocketPairsEndpoint.ProcessDescriptor;
import dev.socketpair.actuate.SocketPairsEndpointWebExtension;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairsEndpointAutoConfiguration}.
 */
@NothingLeaks
class SocketPairsEndpointAutoConfigurationTests {

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class,
				SocketPairProcessAutoConfiguration.class, SocketPairsEndpointAutoConfiguration.class));

	private final WebApplicationContextRunner exposingRunner = this.contextRunner
		.withPropertyValues("management.endpoints.web.exposure.include=socketpairs");

	private final WebApplicationContextRunner processRunner = this.exposingRunner.withPropertyValues(
			"socketpair.processes.worker.command[0]=cat", "socketpair.processes.worker.command[1]=--password",
			"socketpair.processes.worker.command[2]=s3cret", "socketpair.processes.worker.auto-start=false");

	@Test
	void endpointIsThereWhereItIsExposed() {
		this.exposingRunner.run((context) -> assertThat(context).hasSingleBean(SocketPairsEndpoint.class)
			.hasSingleBean(SocketPairsEndpointWebExtension.class));
	}

	@Test
	void endpointIsNotThereWhereItIsNotExposed() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(SocketPairsEndpoint.class)
			.doesNotHaveBean(SocketPairsEndpointWebExtension.class));
	}

	@Test
	void endpointIsNotThereWhereItIsNotPermitted() {
		this.exposingRunner.withPropertyValues("management.endpoint.socketpairs.access=NONE")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketPairsEndpoint.class));
	}

	@Test
	void endpointIsNotThereInAnApplicationThatHasDisabledTheLibrary() {
		this.exposingRunner.withPropertyValues("socketpair.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketPairsEndpoint.class));
	}

	@Test
	void factoryOfTheApplicationIsShown() {
		this.exposingRunner.withPropertyValues("socketpair.enabled=false")
			.withBean("ownFactory", SocketPairFactory.class, SocketPairs::factory)
			.run((context) -> {
				context.getBean(SocketPairFactory.class).create();
				assertThat(context.getBean(SocketPairsEndpoint.class).socketPairs().pairs()).hasSize(1);
			});
	}

	@Test
	void endpointOfTheApplicationWins() {
		this.exposingRunner
			.withBean("own", SocketPairsEndpoint.class,
					() -> new SocketPairsEndpoint(SocketPairs::factory, List::of, Set.of(), Show.NEVER))
			.run((context) -> assertThat(context).hasSingleBean(SocketPairsEndpoint.class)
				.doesNotHaveBean("socketPairsEndpoint"));
	}

	@Test
	void applicationWithSeveralFactoriesStarts() {
		this.exposingRunner.withBean("one", SocketPairFactory.class, SocketPairs::factory)
			.withBean("two", SocketPairFactory.class, SocketPairs::factory)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketPairsEndpoint.class));
	}

	@Test
	void applicationThatDoesNotUseTheFactoryStartsOnAnySystem() {
		this.exposingRunner.withSystemProperties("os.name=Mac OS X")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SocketPairsEndpoint.class));
	}

	@Test
	void argumentsAreHidden() {
		this.processRunner.run((context) -> assertThat(worker(context.getBean(SocketPairsEndpoint.class)).command())
			.containsExactly("cat", "******", "******"));
	}

	@Test
	void argumentsThatAreShownAreSanitised() {
		this.processRunner.withPropertyValues("management.endpoint.socketpairs.show-values=always")
			.withBean(SanitizingFunction.class,
					() -> (data) -> data.getKey().equals("socketpair.processes.worker.command[2]")
							? data.withValue("hidden") : data)
			.run((context) -> assertThat(worker(context.getBean(SocketPairsEndpoint.class)).command())
				.containsExactly("cat", "--password", "hidden"));
	}

	private static ProcessDescriptor worker(SocketPairsEndpoint endpoint) {
		return endpoint.socketPairs().processes().get("worker");
	}

}
