package dev.socketpair.autoconfigure;

import dev.socketpair.NativeBindingException;
import dev.socketpair.libc.NativeBinding;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;

/**
 * Links the first functions of the C library while the application starts, since that
 * takes some dozen milliseconds on Java 22 and later. A failure is ignored here; it
 * occurs again, and is reported, when the factory is made.
 */
class NativeBindingBackgroundPreinitializer implements BackgroundPreinitializer {

	@Override
	public void preinitialize() {
		if (!ConfiguredNativeBinding.foreignIsWanted()) {
			return;
		}
		try {
			NativeBinding.FOREIGN.load();
		}
		catch (NativeBindingException ex) {
			// Such as Java before 22. The application may never ask for a pair.
		}
	}

}
