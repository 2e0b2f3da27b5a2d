package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.actuate.SocketPairsEndpoint;
import dev.socketpair.autoconfigure.actuate.SocketPairsEndpointAutoConfiguration;
import dev.socketpair.autoconfigure.health.SocketPairHealthContributorAutoConfiguration;
import dev.socketpair.autoconfigure.metrics.SocketPairMetricsAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.health.SocketPairHealthIndicator;
import dev.socketpair.message.Framing;
import dev.socketpair.metrics.SocketPairProcessMetrics;
import dev.socketpair.process.Attachment;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessBuilder;
import dev.socketpair.process.SocketPairProcessListener;
import dev.socketpair.testsupport.NothingLeaks;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.aopalliance.intercept.MethodInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ProxyType;
import org.springframework.context.annotation.Proxyable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of beans that an aspect of the application proxies, by subclasses as is Spring
 * Boot's default.
 */
@NothingLeaks
class ProxiedBeansTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class,
				SocketPairProcessAutoConfiguration.class, SocketPairsEndpointAutoConfiguration.class,
				SocketPairHealthContributorAutoConfiguration.class, SocketPairMetricsAutoConfiguration.class))
		.withPropertyValues("socketpair.processes.echo.command=cat", "socketpair.processes.echo.attach=stdio",
				"socketpair.processes.echo.framing=line", "socketpair.pairs.control.type=seqpacket",
				"management.endpoints.web.exposure.include=*")
		.withUserConfiguration(AspectConfiguration.class);

	@Test
	void configuredBeansWorkBehindProxies() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasNotFailed();
			Calls calls = context.getBean(Calls.class);
			SocketPairProcess process = context.getBean("echo", SocketPairProcess.class);
			assertProxied(process, context.getBean(SocketPairFactory.class), context.getBean("control"));
			assertEchoes(process);
			context.getBean(SocketPairFactory.class).create().close();
			assertThat(context.getBean("control", SocketPair.class).isOpen()).isTrue();
			assertThat(calls.names()).contains("SocketPairProcess.start", "SocketPairProcess.messages",
					"SocketPairFactory.create", "SocketPair.isOpen");
		});
	}

	@Test
	void registryMetersEndpointAndHealthWorkBehindProxies() {
		this.contextRunner.run((context) -> {
			SocketPairProcess process = context.getBean("echo", SocketPairProcess.class);
			SocketPairRegistry registry = context.getBean(SocketPairRegistry.class);
			SocketPairsEndpoint endpoint = context.getBean(SocketPairsEndpoint.class);
			SocketPairProcessMetrics metrics = context.getBean(SocketPairProcessMetrics.class);
			assertProxied(registry, endpoint, metrics, context.getBean("socketPairMetrics"));
			assertThat(registry.process("echo")).isSameAs(process);
			assertThat(endpoint.socketPairs().processes()).containsOnlyKeys("echo");
			assertThat(context.getBean(SocketPairHealthIndicator.class).health().getStatus()).isEqualTo(Status.UP);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			context.getBeansOfType(MeterBinder.class).values().forEach((binder) -> binder.bindTo(meters));
			assertThat(meters.get("socketpair.process.up").tag("process", "echo").gauge().value()).isOne();
			assertThat(meters.get("socketpair.created").tag("pair", "control").functionCounter().count()).isOne();
		});
	}

	@Test
	void beansOfTheCodeWorkBehindProxies() {
		this.contextRunner.withUserConfiguration(OwnBeansConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			SocketPairProcess process = context.getBean("own", SocketPairProcess.class);
			PairedSocket socket = context.getBean(PairedSocket.class);
			assertProxied(process, socket, context.getBean("ownPair"));
			assertEchoes(process);
			assertThat(socket.isOpen()).isTrue();
			assertThat(context.getBean(Calls.class).names()).contains("Channel.isOpen");
		});
	}

	@Test
	void stopOfAProxyDoesNotWaitForEventsThatHaveComeToTheProcessBehindIt() {
		this.contextRunner.run((context) -> {
			SocketPairProcess process = context.getBean("echo", SocketPairProcess.class);
			long start = System.nanoTime();
			context.close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(450));
			assertThat(process.lastExit()).hasToString("0");
		});
	}

	@Test
	void eventsAndListenersHaveTheProxy() {
		this.contextRunner.withBean(Told.class).run((context) -> {
			Told told = context.getBean(Told.class);
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !told.processes.isEmpty());
			assertThat(told.processes).containsExactly(context.getBean("echo", SocketPairProcess.class));
		});
	}

	@Test
	void applicationThatAsksForAClassGetsTheSubclassThatItAsksFor() {
		this.contextRunner.withUserConfiguration(OwnClassConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(AopUtils.isCglibProxy(context.getBean(OwnListener.class))).isTrue();
		});
	}

	private static void assertProxied(Object... beans) {
		assertThat(beans).allSatisfy((bean) -> assertThat(AopUtils.isAopProxy(bean)).isTrue());
	}

	private static void assertEchoes(SocketPairProcess process) throws IOException {
		process.messages().send("hello");
		assertThat(StandardCharsets.UTF_8.decode(process.messages().receive(Duration.ofSeconds(20))).toString())
			.isEqualTo("hello");
	}

	@Configuration(proxyBeanMethods = false)
	static class AspectConfiguration {

		@Bean
		static DefaultAdvisorAutoProxyCreator proxyCreator() {
			DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
			creator.setProxyTargetClass(true);
			return creator;
		}

		@Bean
		static Calls calls() {
			return new Calls(ConcurrentHashMap.newKeySet());
		}

		@Bean
		static DefaultPointcutAdvisor advisor(Calls calls) {
			Pointcut pointcut = new Pointcut();
			return new DefaultPointcutAdvisor(pointcut, (MethodInterceptor) (invocation) -> {
				calls.names()
					.add("%s.%s".formatted(invocation.getMethod().getDeclaringClass().getSimpleName(),
							invocation.getMethod().getName()));
				return invocation.proceed();
			});
		}

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	static class Pointcut extends StaticMethodMatcherPointcut {

		private static final Set<Class<?>> TYPES = Set.of(SocketPairFactory.class, SocketPair.class, PairedSocket.class,
				SocketPairProcess.class, SocketPairRegistry.class, MeterBinder.class, SocketPairsEndpoint.class,
				SocketPairHealthIndicator.class, OwnListener.class);

		Pointcut() {
			setClassFilter((type) -> type.getName().startsWith("dev.socketpair.")
					&& TYPES.stream().anyMatch((proxied) -> proxied.isAssignableFrom(type)));
		}

		@Override
		public boolean matches(Method method, Class<?> targetClass) {
			return true;
		}

	}

	/** What the aspect has seen. */
	record Calls(Set<String> names) {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeansConfiguration {

		@Bean
		SocketPairProcess own(SocketPairFactory factory) {
			return new SocketPairProcessBuilder(factory).command("cat")
				.name("own")
				.attach(Attachment.STDIO)
				.framing(Framing.LINE)
				.build();
		}

		@Bean
		SocketPair ownPair(SocketPairFactory factory) throws IOException {
			return factory.create();
		}

		@Bean
		PairedSocket socket(SocketPair ownPair) {
			return ownPair.first();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClassConfiguration {

		@Bean
		@Proxyable(ProxyType.TARGET_CLASS)
		OwnListener ownListener() {
			return new OwnListener();
		}

	}

	static class OwnListener implements SocketPairProcessListener {

	}

	static class Told implements SocketPairProcessListener {

		private final Set<SocketPairProcess> processes = ConcurrentHashMap.newKeySet();

		@Override
		public void started(SocketPairProcess process, long pid) {
			this.processes.add(process);
		}

	}

}
