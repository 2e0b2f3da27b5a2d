package dev.socketpair.autoconfigure.health;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.SocketPairProcessBeans;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.health.SocketPairHealthIndicator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health contributor
 * {@code socketpair}. The factory is made at the first check, if nothing has asked for it
 * before; where the C library cannot be called, the check says so.
 */
@AutoConfiguration(after = { SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class },
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnSingleCandidate(SocketPairFactory.class)
@ConditionalOnEnabledHealthIndicator("socketpair")
public final class SocketPairHealthContributorAutoConfiguration {

	SocketPairHealthContributorAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(name = { "socketpairHealthIndicator", "socketpairHealthContributor" })
	SocketPairHealthIndicator socketpairHealthIndicator(ObjectProvider<SocketPairFactory> factory,
			ConfigurableListableBeanFactory beanFactory) {
		return new SocketPairHealthIndicator(factory::getObject, new SocketPairProcessBeans(beanFactory)::all);
	}

}
