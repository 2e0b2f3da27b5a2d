package dev.socketpair.sample;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import dev.socketpair.process.SocketPairProcess;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Asks all workers about a text, at the same time, and kills one of them.
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

	/** What becomes of the worker then is the matter of its {@code restart} policy. */
	@PostMapping("/workers/{name}/kill")
	@ResponseStatus(HttpStatus.ACCEPTED)
	KilledWorker kill(@PathVariable String name) {
		Worker worker = this.workers.stream()
			.filter((candidate) -> candidate.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND,
					"There is no worker of this name: the workers are "
							+ this.workers.stream().map(Worker::name).collect(Collectors.joining(", "))));
		long pid = worker.kill()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.CONFLICT,
					"'%s' does not run, so that there is nothing to kill".formatted(name)));
		return new KilledWorker(name, pid);
	}

	/**
	 * A worker that was sent {@code SIGKILL}.
	 *
	 * @param name its name
	 * @param pid the number of the process that ends
	 */
	record KilledWorker(String name, long pid) {

	}

}
