package dev.socketpair;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

/**
 * Finds what follows the default locale, charset or time zone. A shell, a meter, a peer
 * or a program reads nearly every text that is made here, and "%d" writes its digits as
 * the locale does: ١٣٧ for 137.
 * <p>
 * It reads sources, for a class file does not tell which text is the format of a call.
 */
final class LocaleRule {

	/**
	 * Conversions of numbers, dates and to upper case. {@code %s} of a number is ASCII.
	 */
	private static final Pattern LOCALIZED = Pattern.compile("%(\\d+\\$)?[-#+0,(<]*\\d*(\\.\\d+)?[doxXeEfgGaAtTSBHC]");

	/** What {@code System.Logger} takes for a format of {@code MessageFormat}. */
	private static final Pattern MESSAGE_FORMAT = Pattern.compile("\\{\\d+(}|,\\s*[a-z])");

	/** Methods that mean the default where they have no argument. */
	private static final Set<String> NEED_AN_ARGUMENT = Set.of("toLowerCase", "toUpperCase", "getBytes");

	/** Methods that return the default. */
	private static final Set<String> DEFAULTS = Set.of("Locale.getDefault", "Charset.defaultCharset",
			"TimeZone.getDefault", "ZoneId.systemDefault", "LocalDate.now", "LocalTime.now", "LocalDateTime.now",
			"ZonedDateTime.now", "OffsetDateTime.now");

	/** The one class that has to know the default: the JDK encodes commands with it. */
	private static final String KNOWS_THE_CHARSET = "/ChildCharset.java";

	private static final Set<String> TYPES = Set.of("MessageFormat", "ChoiceFormat", "NumberFormat", "DecimalFormat",
			"DateFormat", "SimpleDateFormat", "Collator", "Formatter");

	/** Classes whose constructors mean the default where they are not given a charset. */
	private static final Set<String> NEED_A_CHARSET = Set.of("InputStreamReader", "OutputStreamWriter", "FileReader",
			"FileWriter", "PrintStream", "PrintWriter", "Scanner");

	private LocaleRule() {
	}

	/**
	 * Return the sources of all modules.
	 * @return the files
	 */
	static List<JavaFileObject> sources() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of(".."));
				StandardJavaFileManager manager = ToolProvider.getSystemJavaCompiler()
					.getStandardFileManager(null, null, null)) {
			List<Path> paths = files
				.filter((file) -> file.toString().matches("\\.\\./[^/]+/src/main/java\\d*/.*\\.java"))
				.toList();
			List<JavaFileObject> sources = new ArrayList<>();
			manager.getJavaFileObjectsFromPaths(paths).forEach(sources::add);
			return sources;
		}
	}

	/**
	 * Return a class with one statement.
	 * @param statement the statement
	 * @return its source
	 */
	static JavaFileObject source(String statement) {
		return new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return "class Sample { void sample() throws Exception { " + statement + " } }";
			}

		};
	}

	/**
	 * Find what breaks the rule.
	 * @param sources what to read
	 * @return the places
	 */
	static List<String> breaches(List<JavaFileObject> sources) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, sources);
		List<String> breaches = new ArrayList<>();
		for (CompilationUnitTree unit : task.parse()) {
			new Scanner(unit, Trees.instance(task).getSourcePositions(), breaches).scan(unit, null);
		}
		return breaches;
	}

	private static final class Scanner extends TreePathScanner<Void, Void> {

		private final CompilationUnitTree unit;

		private final SourcePositions positions;

		private final List<String> breaches;

		private Scanner(CompilationUnitTree unit, SourcePositions positions, List<String> breaches) {
			this.unit = unit;
			this.positions = positions;
			this.breaches = breaches;
		}

		@Override
		public Void visitLiteral(LiteralTree literal, Void none) {
			if (literal.getValue() instanceof String text) {
				if (LOCALIZED.matcher(text).find() && !isFormattedForALocale(getCurrentPath())) {
					breach(literal);
				}
				if (MESSAGE_FORMAT.matcher(text).find()) {
					breach(literal);
				}
			}
			return super.visitLiteral(literal, none);
		}

		@Override
		public Void visitMethodInvocation(MethodInvocationTree call, Void none) {
			String method = call.getMethodSelect().toString();
			String name = name(call);
			boolean defaultOfFormat = method.equals("String.format") || name.equals("printf");
			if (returnsADefault(method) || (defaultOfFormat && !namesALocale(call))
					|| (NEED_AN_ARGUMENT.contains(name) && call.getArguments().isEmpty())) {
				breach(call);
			}
			return super.visitMethodInvocation(call, none);
		}

		private boolean returnsADefault(String method) {
			boolean allowed = method.equals("Charset.defaultCharset")
					&& this.unit.getSourceFile().getName().endsWith(KNOWS_THE_CHARSET);
			return DEFAULTS.contains(method) && !allowed;
		}

		@Override
		public Void visitNewClass(NewClassTree creation, Void none) {
			String type = creation.getIdentifier().toString();
			int arguments = creation.getArguments().size();
			boolean decodes = type.equals("String") && arguments != 0 && !namesACharset(creation);
			if (decodes || (NEED_A_CHARSET.contains(type) && !namesACharset(creation))) {
				breach(creation);
			}
			return super.visitNewClass(creation, none);
		}

		@Override
		public Void visitIdentifier(IdentifierTree identifier, Void none) {
			if (TYPES.contains(identifier.getName().toString())) {
				breach(identifier);
			}
			return super.visitIdentifier(identifier, none);
		}

		/**
		 * A method of the class itself that is named format or print has the locale, or
		 * else its own call is a breach.
		 */
		private static boolean isFormattedForALocale(TreePath path) {
			for (TreePath parent = path; parent != null; parent = parent.getParentPath()) {
				if (parent.getLeaf() instanceof MethodInvocationTree call) {
					boolean own = call.getMethodSelect() instanceof IdentifierTree;
					if (namesALocale(call) || (own && Set.of("format", "print").contains(name(call)))) {
						return true;
					}
				}
			}
			return false;
		}

		private static boolean namesALocale(MethodInvocationTree call) {
			return !call.getArguments().isEmpty() && call.getArguments().get(0).toString().equals("Locale.ROOT");
		}

		private static boolean namesACharset(NewClassTree creation) {
			return creation.getArguments()
				.stream()
				.map(ExpressionTree::toString)
				.anyMatch((argument) -> argument.contains("UTF_8") || argument.contains("US_ASCII")
						|| argument.contains("ISO_8859_1"));
		}

		private static String name(MethodInvocationTree call) {
			return (call.getMethodSelect() instanceof MemberSelectTree select) ? select.getIdentifier().toString()
					: call.getMethodSelect().toString();
		}

		private void breach(Tree tree) {
			long line = this.unit.getLineMap().getLineNumber(this.positions.getStartPosition(this.unit, tree));
			this.breaches.add("%s:%s: %s".formatted(this.unit.getSourceFile().getName(), line, tree));
		}

	}

}
