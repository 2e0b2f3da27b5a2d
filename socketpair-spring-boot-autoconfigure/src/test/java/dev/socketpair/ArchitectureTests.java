package dev.socketpair;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.Platform;
import dev.socketpair.libc.Platforms;
import dev.socketpair.message.IncompleteMessageException;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tests of how the code is cut.
 */
@AnalyzeClasses(packages = "dev.socketpair", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String[] SPRING = { "dev.socketpair.autoconfigure..", "dev.socketpair.metrics..",
			"dev.socketpair.actuate..", "dev.socketpair.health.." };

	@ArchTest
	static final ArchRule packageUsesOnlyPackagesBelowIt = Architectures.layeredArchitecture()
		.consideringOnlyDependenciesInLayers()
		.withOptionalLayers(true)
		.layer("autoconfigure")
		.definedBy("dev.socketpair.autoconfigure..")
		.layer("metrics")
		.definedBy("dev.socketpair.metrics..")
		.layer("actuate")
		.definedBy("dev.socketpair.actuate..")
		.layer("health")
		.definedBy("dev.socketpair.health..")
		.layer("process")
		.definedBy("dev.socketpair.process..")
		.layer("message")
		.definedBy("dev.socketpair.message..")
		.layer("nio")
		.definedBy("dev.socketpair.nio..")
		.layer("statistics")
		.definedBy("dev.socketpair.statistics..")
		.layer("descriptor")
		.definedBy("dev.socketpair.descriptor..")
		.layer("libc")
		.definedBy("dev.socketpair.libc..")
		.layer("text")
		.definedBy("dev.socketpair.text..")
		.layer("api")
		.definedBy("dev.socketpair")
		.whereLayer("autoconfigure")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("metrics")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("actuate")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("health")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("process")
		.mayOnlyBeAccessedByLayers("autoconfigure", "metrics", "actuate", "health")
		.whereLayer("message")
		.mayOnlyBeAccessedByLayers("autoconfigure", "metrics", "actuate", "health", "process")
		.whereLayer("nio")
		.mayOnlyBeAccessedByLayers("autoconfigure", "metrics", "actuate", "health", "process", "message")
		.whereLayer("statistics")
		.mayOnlyBeAccessedByLayers("nio")
		.whereLayer("descriptor")
		.mayOnlyBeAccessedByLayers("process", "message", "nio", "statistics")
		.whereLayer("libc")
		.mayOnlyBeAccessedByLayers("autoconfigure", "process", "nio", "statistics", "descriptor")
		.ignoreDependency(JavaClass.Predicates.type(SocketPairs.class),
				JavaClass.Predicates.resideInAnyPackage("dev.socketpair.nio", "dev.socketpair.libc"))
		.ignoreDependency(JavaClass.Predicates.belongToAnyOf(PassedDescriptor.class),
				JavaClass.Predicates.resideInAPackage("dev.socketpair.libc"))
		.ignoreDependency(JavaClass.Predicates.belongToAnyOf(Errno.class, SocketDomain.class, SocketFlag.class),
				JavaClass.Predicates.type(Platform.class).or(JavaClass.Predicates.type(Platforms.class)))
		.ensureAllClassesAreContainedInArchitecture()
		.because("a reader finds what a class may use by where it stands");

	@ArchTest
	static final ArchRule outputOfChildrenKnowsNothingOfProcesses = ArchRuleDefinition.noClasses()
		.that()
		.resideInAPackage("dev.socketpair.process.output")
		.should()
		.dependOnClassesThat(JavaClass.Predicates.resideInAPackage("dev.socketpair..")
			.and(DescribedPredicate
				.not(JavaClass.Predicates.resideInAnyPackage("dev.socketpair.process.output", "dev.socketpair.text"))));

	@ArchTest
	static final ArchRule onlyTheTopKnowsSpring = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages(SPRING)
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework..");

	@ArchTest
	static final ArchRule onlyTheMetersKnowMicrometer = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages("dev.socketpair.metrics..", "dev.socketpair.autoconfigure.metrics..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.micrometer..");

	@ArchTest
	static final ArchRule onlyTheBindingKnowsJna = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage("dev.socketpair.libc..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("com.sun.jna..");

	/**
	 * The exceptions: {@code PassDescriptors} closes descriptors that came with a message
	 * which is refused, {@code RawDescriptors} one that nothing owns yet, and
	 * {@code Wakeup} the peer of its marker.
	 */
	@ArchTest
	static final ArchRule onlyTheDescriptorCloses = ArchRuleDefinition.noClasses()
		.that()
		.doNotHaveFullyQualifiedName("dev.socketpair.descriptor.Descriptor")
		.and()
		.doNotHaveFullyQualifiedName("dev.socketpair.nio.PassDescriptors")
		.and()
		.doNotHaveFullyQualifiedName("dev.socketpair.PassedDescriptor")
		.and()
		.doNotHaveFullyQualifiedName("dev.socketpair.descriptor.Wakeup")
		.and()
		.doNotHaveFullyQualifiedName("dev.socketpair.descriptor.RawDescriptors")
		.should()
		.callMethod(Libc.class, "close", int.class);

	/**
	 * Spring takes it for a client that has gone, wherever it is in a chain of causes.
	 */
	@ArchTest
	static final ArchRule noCodeThrowsAnEndOfFile = ArchRuleDefinition.noClasses()
		.that()
		.areNotAssignableTo(IncompleteMessageException.class)
		.should()
		.dependOnClassesThat()
		.haveFullyQualifiedName("java.io.EOFException");

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = ArchRuleDefinition.classes().should(beInANullMarkedPackage());

	@ArchTest
	static final ArchRule autoConfigurationIsPublicAndFinal = ArchRuleDefinition.classes()
		.that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("AutoConfiguration")
		.andShould()
		.resideInAPackage("dev.socketpair.autoconfigure..");

	@ArchTest
	static final ArchRule autoConfigurationOfProcessesIsUsedByItsParentPackage = ArchRuleDefinition.noClasses()
		.that()
		.resideInAPackage("dev.socketpair.autoconfigure.process")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("dev.socketpair.autoconfigure", "dev.socketpair.autoconfigure.actuate",
				"dev.socketpair.autoconfigure.health", "dev.socketpair.autoconfigure.metrics");

	@ArchTest
	static final ArchRule otherAutoConfigurationsUseTheirParentPackage = ArchRuleDefinition.noClasses()
		.that()
		.resideInAPackage("dev.socketpair.autoconfigure")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("dev.socketpair.autoconfigure.actuate", "dev.socketpair.autoconfigure.health",
				"dev.socketpair.autoconfigure.metrics");

	/**
	 * The exceptions: interfaces and events, and {@code SocketPairProcessBeans}, which
	 * the packages of the actuator and of the meters share.
	 */
	@ArchTest
	static final ArchRule configurationClassIsPackagePrivate = ArchRuleDefinition.classes()
		.that()
		.resideInAPackage("dev.socketpair.autoconfigure..")
		.and()
		.areTopLevelClasses()
		.and()
		.areNotInterfaces()
		.and()
		.areNotAnnotatedWith(AutoConfiguration.class)
		.and()
		.areNotAnnotatedWith(ConfigurationProperties.class)
		.and()
		.areNotAssignableTo(ApplicationEvent.class)
		.and()
		.doNotHaveFullyQualifiedName("dev.socketpair.autoconfigure.ConfiguredSocketPairException")
		.and()
		.doNotHaveFullyQualifiedName("dev.socketpair.autoconfigure.SocketPairProcessBeans")
		.should()
		.bePackagePrivate();

	@ArchTest
	static final ArchRule beanMethodIsPackagePrivate = ArchRuleDefinition.methods()
		.that()
		.areAnnotatedWith(Bean.class)
		.should()
		.bePackagePrivate();

	@ArchTest
	static final ArchRule configurationHasNoProxy = ArchRuleDefinition.classes()
		.that()
		.areAnnotatedWith(Configuration.class)
		.should(haveNoProxy())
		.allowEmptyShould(true)
		.because("@AutoConfiguration has none, and what it nests should not have one either");

	@Test
	void everyTestClassIsNamedSoThatItRuns() {
		JavaClasses tests = new ClassFileImporter().withImportOption(new ImportOption.OnlyIncludeTests())
			.importPackages("dev.socketpair");
		ArchRuleDefinition.classes()
			.that()
			.containAnyMethodsThat(DescribedPredicate.describe("are tests",
					(method) -> method.isAnnotatedWith(Testable.class) || method.isMetaAnnotatedWith(Testable.class)))
			.and()
			.areTopLevelClasses()
			.should()
			.haveSimpleNameEndingWith("Tests")
			.orShould(beRunInTheGuest())
			.check(tests);
	}

	/** What {@code TipcGuest} looks for, in its package and by this name. */
	private static ArchCondition<JavaClass> beRunInTheGuest() {
		return ArchCondition.from(DescribedPredicate.describe("be run in the guest",
				(type) -> type.getPackageName().equals("dev.socketpair.tipc")
						&& type.getSimpleName().endsWith("Contract")));
	}

	private static ArchCondition<JavaClass> beInANullMarkedPackage() {
		return ArchCondition.from(DescribedPredicate.describe("be in a package with @NullMarked",
				(type) -> type.getPackage().isAnnotatedWith(NullMarked.class)));
	}

	private static ArchCondition<JavaClass> haveNoProxy() {
		return new ArchCondition<>("have proxyBeanMethods=false") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				boolean proxy = type.getAnnotationOfType(Configuration.class).proxyBeanMethods();
				events.add(new SimpleConditionEvent(type, !proxy, type.getName() + " has a proxy"));
			}

		};
	}

}
