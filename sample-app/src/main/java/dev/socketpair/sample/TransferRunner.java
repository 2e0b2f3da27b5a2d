package dev.socketpair.sample;

import java.io.IOException;
import java.util.Objects;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.stereotype.Component;

/**
 * Streams the file when the application has started, and prints the report.
 */
@Component
class TransferRunner implements ApplicationRunner, ExitCodeGenerator {

	private final SourceFile file;

	private final FileTransfer transfer;

	private final TransferReport report;

	private volatile int exitCode = 1;

	TransferRunner(SourceFile file, FileTransfer transfer, TransferReport report) {
		this.file = file;
		this.transfer = transfer;
		this.report = report;
	}

	@Override
	public void run(ApplicationArguments arguments) throws InterruptedException {
		try {
			TransferResult result = this.transfer.transfer(this.file.path());
			System.out.print(this.report.of(result));
			this.exitCode = result.matches() ? 0 : 1;
		}
		catch (IOException | IllegalArgumentException ex) {
			System.err.println("The transfer failed: " + Objects.requireNonNullElse(ex.getMessage(), ex.toString()));
		}
	}

	@Override
	public int getExitCode() {
		return this.exitCode;
	}

}
