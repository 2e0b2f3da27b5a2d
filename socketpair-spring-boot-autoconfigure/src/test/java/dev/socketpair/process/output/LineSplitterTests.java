package dev.socketpair.process.output;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lines of bytes, however they come.
 */
class LineSplitterTests {

	private final List<String> lines = new ArrayList<>();

	private final LineSplitter splitter = new LineSplitter(this.lines::add);

	private void add(byte[] bytes, int atATime) {
		for (int i = 0; i < bytes.length; i += atATime) {
			byte[] part = Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + atATime));
			this.splitter.add(part, part.length);
		}
	}

	private void add(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		add(bytes, bytes.length);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 100 })
	void carriageReturnEndsALineAndIsOneEndWithALineFeed(int atATime) {
		add("a\r\nb\rc\n\n\r\n\rd\r\r\ne\n\r\n".getBytes(StandardCharsets.US_ASCII), atATime);
		assertThat(this.lines).containsExactly("a", "b", "c", "", "", "d", "e", "");
	}

	@Test
	void errorAfterProgressIsALine() {
		for (int i = 0; i < 500; i++) {
			add("\r%3d%% of the file".formatted(i / 5));
		}
		add("\rdisk full\n");
		assertThat(this.lines).hasSize(501).startsWith("  0% of the file").endsWith(" 99% of the file", "disk full");
	}

	@ParameterizedTest
	@CsvSource({ "8192, 1", "8193, 7", "15360, 8192", "15361, 100", "1000000, 8192" })
	void longLineKeepsItsBeginningAndItsEnd(int length, int atATime) {
		byte[] line = ("x".repeat(length) + "\n").getBytes(StandardCharsets.US_ASCII);
		System.arraycopy("begins".getBytes(StandardCharsets.US_ASCII), 0, line, 0, 6);
		System.arraycopy("ends".getBytes(StandardCharsets.US_ASCII), 0, line, length - 4, 4);
		add(line, atATime);
		String mark = (length > LineBuffer.MAX_LENGTH) ? "[%s bytes cut]".formatted(length - LineBuffer.MAX_LENGTH)
				: "";
		assertThat(this.lines).singleElement()
			.asString()
			.startsWith("beginsx")
			.endsWith("xends")
			.contains(mark)
			.hasSize(LineBuffer.MAX_LENGTH + mark.length());
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3 })
	void longLineIsNotCutInACharacter(int offset) {
		add("x".repeat(offset) + "\ud83d\ude00".repeat(10_000) + "\n");
		assertThat(this.lines).singleElement()
			.asString()
			.doesNotContain("\ufffd")
			.matches("x*(\ud83d\ude00)+\\[\\d+ bytes cut](\ud83d\ude00)+");
		long kept = this.lines.get(0).replaceFirst("\\[.*]", "").getBytes(StandardCharsets.UTF_8).length;
		assertThat(this.lines.get(0)).contains("[%s bytes cut]".formatted(offset + 40_000 - kept));
	}

	@Test
	void lineAfterALongOneIsWhole() {
		add("x".repeat(100_000) + "\nshort\n" + "y".repeat(8192) + "\n");
		assertThat(this.lines).element(1).isEqualTo("short");
		assertThat(this.lines).element(2).isEqualTo("y".repeat(8192));
	}

	@Test
	void bytesAfterAFlushAreALineUnlessTheyAreItsEnd() {
		add("name? ");
		assertThat(this.splitter.hasUnended()).isTrue();
		this.splitter.flush();
		assertThat(this.splitter.hasUnended()).isFalse();
		this.splitter.flush();
		assertThat(this.lines).containsExactly("name? ");
		add("\n\nage? ");
		this.splitter.flush();
		add("ok\n");
		assertThat(this.lines).containsExactly("name? ", "", "age? ", "ok");
	}

	@Test
	void bytesThatAreNotUtf8AreReplaced() {
		byte[] bytes = { 'a', (byte) 0xff, 'b', (byte) 0xc3, '\n', (byte) 0x80, '\r' };
		add(bytes, bytes.length);
		byte[] continuations = new byte[20_000];
		Arrays.fill(continuations, (byte) 0x80);
		add(continuations, 8192);
		this.splitter.flush();
		assertThat(this.lines).startsWith("a\ufffdb\ufffd", "\ufffd").hasSize(3);
		assertThat(this.lines.get(2)).contains("[11808 bytes cut]");
	}

	@Test
	void charactersThatChangeTheDisplayAreEscapedAlsoBeyondTheFirstPlane() {
		add("a\u001b[31m\tb\u202e \u2028 \u200b \udb40\udc01\ud83d\ude00\n");
		assertThat(this.lines).containsExactly("a\\u001b[31m\tb\\u202e \\u2028 \\u200b \\udb40\\udc01\ud83d\ude00");
	}

}
