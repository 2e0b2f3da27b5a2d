package dev.socketpair.sample;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.socketpair.process.SocketPairProcess;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Asks all workers about a text, at the same time.
 */
@RestController
class WorkerController {

	private final List<Worker> workers;

	private final AsyncTaskExecutor executor;

	WorkerController(List<SocketPairProcess> processes, JsonMapper mapper, AsyncTaskExecutor executor) {
		this.workers = processes.stream().map((process) -> new Worker(process, mapper)).toList();
		this.executor = executor;
	}

	@GetMapping("/workers")
	List<WorkerReply> ask(@RequestParam(defaultValue = "") String text) {
		List<CompletableFuture<WorkerReply>> replies = this.workers.stream()
			.map((worker) -> this.executor.submitCompletable(() -> worker.ask(text)))
			.toList();
		return replies.stream().map(CompletableFuture::join).toList();
	}

	/** For texts that are too long for an address. No body is an empty text. */
	@PostMapping(path = "/workers", consumes = MediaType.TEXT_PLAIN_VALUE)
	List<WorkerReply> askAboutBody(@RequestBody(required = false) @Nullable String text) {
		return ask(Objects.requireNonNullElse(text, ""));
	}

}
