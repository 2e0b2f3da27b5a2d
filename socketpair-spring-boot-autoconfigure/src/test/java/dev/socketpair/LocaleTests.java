package dev.socketpair;

import java.io.IOException;
import java.util.List;

import javax.tools.JavaFileObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that nothing follows the default locale, charset or time zone.
 */
class LocaleTests {

	@Test
	void noSourceFollowsADefault() throws IOException {
		List<JavaFileObject> sources = LocaleRule.sources();
		assertThat(sources).extracting((source) -> source.getName().replaceFirst(".*/", ""))
			.contains("SocketPairs.java", "ForeignLibc.java", "SampleApplication.java", "Report.java");
		assertThat(LocaleRule.breaches(sources)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"exec %d<&0\".formatted(3);", "(\"a\" + \"%,d\").formatted(3);",
			"(a ? \"%04x\" : \"b\").formatted(3);", "String format = \"%1$tF\";", "String.format(\"%s\", 3);",
			"System.out.printf(\"%s\", 3);", "text.toLowerCase();", "a().b().toUpperCase();", "text.getBytes();",
			"new String(bytes);", "new String(bytes, 0, 3);", "new InputStreamReader(stream);",
			"logger.log(Level.INFO, \"pid {0}\", 12345);", "Object o = new Scanner(stream);",
			"MessageFormat.format(a, 3);", "java.util.Objects.hash(Locale.getDefault());", "a(ZoneId.systemDefault());",
			"\"\"\"\n%d\n\"\"\".formatted(3);" })
	void ruleFinds(String statement) throws IOException {
		assertThat(LocaleRule.breaches(List.of(LocaleRule.source(statement)))).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"exec %s<&0 100%%\".formatted(3);", "String.format(Locale.ROOT, \"%,d\", 3);",
			"System.out.printf(Locale.ROOT, \"%d\" + \"%s\", 3);", "text.toLowerCase(Locale.ROOT);",
			"Character.toLowerCase(c);", "text.getBytes(StandardCharsets.UTF_8);", "new String(bytes, US_ASCII);",
			"logger.log(Level.INFO, \"pid \" + 12345);", "text.matches(\"[0-9]{1,4}\");", "format(\"%,d\", 3);" })
	void ruleAllows(String statement) throws IOException {
		assertThat(LocaleRule.breaches(List.of(LocaleRule.source(statement)))).isEmpty();
	}

}
