package dev.socketpair.sample;

import java.io.IOException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Streams the file again whenever it is asked to, and tells how far it is.
 */
@RestController
class TransferController {

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

	private static final int SHOWN_LENGTH = 40;

	private final SourceFile file;

	private final TransferJobs jobs;

	TransferController(SourceFile file, TransferJobs jobs) {
		this.file = file;
		this.jobs = jobs;
	}

	@PostMapping("/transfers")
	@ResponseStatus(HttpStatus.ACCEPTED)
	TransferStatus start(@RequestParam(required = false) @Nullable String times,
			@RequestParam(required = false) @Nullable String atOnce) {
		int checkedTimes = number("times", times, TransferJobs.MAX_TIMES);
		int checkedAtOnce = number("atOnce", atOnce, TransferJobs.MAX_AT_ONCE);
		try {
			return this.jobs.start(this.file.path(), checkedTimes, checkedAtOnce)
				.orElseThrow(() -> new ResponseStatusException(HttpStatus.CONFLICT,
						"A transfer is under way: the next one can start when it has ended"));
		}
		catch (IOException | IllegalArgumentException ex) {
			throw new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR,
					"The file cannot be streamed: " + ex.getMessage(), ex);
		}
	}

	/** No content if there was none yet. */
	@GetMapping("/transfers/latest")
	ResponseEntity<TransferStatus> latest() {
		return this.jobs.latest().map(ResponseEntity::ok).orElseGet(() -> ResponseEntity.noContent().build());
	}

	/** 1 where nothing is said, and one message whatever is wrong. */
	private static int number(String name, @Nullable String value, int maximum) {
		String text = (value != null) ? value.strip() : "1";
		int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
		if (number < 1 || number > maximum) {
			String shown = (text.length() > SHOWN_LENGTH) ? text.substring(0, SHOWN_LENGTH) + "…" : text;
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"'%s' must be a whole number from 1 to %s, but is '%s'".formatted(name, maximum, shown));
		}
		return number;
	}

}
