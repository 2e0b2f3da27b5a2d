package dev.socketpair.autoconfigure.process;

import dev.socketpair.process.SocketPairProcess;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.type.AnnotationMetadata;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@link SocketPairProcess}
 * beans that have a name under {@code socketpair.processes}. They, and those that the
 * application makes in code, are started before the web server accepts requests, and
 * stopped after it has drained.
 */
@AutoConfiguration(afterName = "dev.socketpair.autoconfigure.SocketPairAutoConfiguration")
@ConditionalOnBooleanProperty(name = "socketpair.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketPairProcessProperties.class)
@Import(SocketPairProcessAutoConfiguration.ConfigurationImportSelector.class)
public final class SocketPairProcessAutoConfiguration {

	/** The bean methods share package-private classes with those for pairs. */
	private static final String CONFIGURATION = "dev.socketpair.autoconfigure.SocketPairProcessConfiguration";

	SocketPairProcessAutoConfiguration() {
	}

	/**
	 * {@link ImportSelector} for the configuration of the parent package.
	 */
	static class ConfigurationImportSelector implements ImportSelector {

		@Override
		public String[] selectImports(AnnotationMetadata importingClassMetadata) {
			return new String[] { CONFIGURATION };
		}

	}

}
