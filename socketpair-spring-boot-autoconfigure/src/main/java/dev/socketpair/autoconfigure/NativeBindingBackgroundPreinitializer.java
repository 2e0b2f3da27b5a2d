package dev.socketpair.autoconfigure;

import dev.socketpair.NativeBindingException;
import dev.socketpair.libc.NativeBinding;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;

/**
 * Links the first functions of the C library while the application starts, since they
 * cost some dozen milliseconds on Java 22 and later. What fails here fails again, and is
 * told, when the factory is made.
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
