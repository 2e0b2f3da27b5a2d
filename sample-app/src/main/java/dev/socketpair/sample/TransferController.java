package dev.socketpair.sample;

import java.io.IOException;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Streams the file again whenever it is asked to.
 */
@RestController
class TransferController {

	private final SourceFile file;

	private final FileTransfer transfer;

	TransferController(SourceFile file, FileTransfer transfer) {
		this.file = file;
		this.transfer = transfer;
	}

	@PostMapping("/transfers")
	TransferResult transfer() throws IOException, InterruptedException {
		return this.transfer.transfer(this.file.path());
	}

}
