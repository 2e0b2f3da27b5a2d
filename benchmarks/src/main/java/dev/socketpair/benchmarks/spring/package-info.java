/**
 * What the library costs a Spring Boot application: small applications, and what measures
 * them from outside.
 */
@NullMarked
package dev.socketpair.benchmarks.spring;

import org.jspecify.annotations.NullMarked;
