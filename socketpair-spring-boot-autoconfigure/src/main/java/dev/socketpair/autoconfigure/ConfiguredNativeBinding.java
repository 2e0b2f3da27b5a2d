package dev.socketpair.autoconfigure;

import dev.socketpair.libc.NativeBinding;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Notes which native binding the application will ask for, so that
 * {@link NativeBindingBackgroundPreinitializer} does not load another one, which would
 * cost time and may print the warning of Java that native access is not enabled.
 */
class ConfiguredNativeBinding implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	/**
	 * After the configuration is read and before the background preinitialization, which
	 * Spring Boot begins at {@link Ordered#HIGHEST_PRECEDENCE} + 21.
	 */
	private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 20;

	private static volatile boolean foreignIsWanted = true;

	/**
	 * Return whether the application may ask for the binding {@code foreign}.
	 */
	static boolean foreignIsWanted() {
		return foreignIsWanted && NativeBinding.fromSystemProperty() != NativeBinding.JNA;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		Environment environment = event.getEnvironment();
		String binding = environment.getProperty(NativeBinding.PROPERTY, "");
		boolean enabled = !environment.getProperty("socketpair.enabled", "").strip().equalsIgnoreCase("false");
		foreignIsWanted = enabled && !binding.strip().equalsIgnoreCase(NativeBinding.JNA.toString());
	}

}
