package dev.socketpair.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import dev.socketpair.text.Printable;

/**
 * Makes printable lines of bytes. Used by one thread.
 */
final class LineSplitter {

	static final int MAX_LENGTH = 8192;

	private final Consumer<String> lines;

	private final ByteArrayOutputStream line = new ByteArrayOutputStream();

	private boolean cut;

	LineSplitter(Consumer<String> lines) {
		this.lines = lines;
	}

	void add(byte[] bytes, int length) {
		int start = 0;
		for (int i = 0; i < length; i++) {
			if (bytes[i] == '\n') {
				append(bytes, start, i);
				finish();
				start = i + 1;
			}
		}
		append(bytes, start, length);
	}

	/** What there is of a last line without an end. */
	void end() {
		if (this.line.size() > 0) {
			finish();
		}
	}

	private void append(byte[] bytes, int start, int end) {
		int room = MAX_LENGTH - this.line.size();
		this.line.write(bytes, start, Math.min(room, end - start));
		this.cut |= end - start > room;
	}

	private void finish() {
		String text = this.line.toString(StandardCharsets.UTF_8);
		if (text.endsWith("\r")) {
			text = text.substring(0, text.length() - 1);
		}
		this.lines.accept(Printable.escape(text) + (this.cut ? "[cut]" : ""));
		this.line.reset();
		this.cut = false;
	}

}
