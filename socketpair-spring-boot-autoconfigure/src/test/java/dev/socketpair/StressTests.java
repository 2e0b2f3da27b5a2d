package dev.socketpair;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.Totals;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import dev.socketpair.testsupport.Virtual;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Faults at random from many threads: sockets are opened, written, read, closed,
 * interrupted, duplicated, passed and abandoned. Every byte says which pair it belongs
 * to, so that a byte from a wrong descriptor is noticed.
 */
@Tag("stress")
@NothingLeaks
class StressTests {

	private static final int THREADS = 64;

	private static final Duration DURATION = Duration.ofSeconds(Long.getLong("socketpair.stress.seconds", 300));

	private static final String[] TYPES = { "stream", "dgram", "seqpacket" };

	private final SocketPairFactory factory = SocketPairs.factory();

	private final AtomicLong ids = new AtomicLong(1);

	private final LongAdder sent = new LongAdder();

	private final LongAdder received = new LongAdder();

	private final LongAdder abandoned = new LongAdder();

	private final LongAdder rounds = new LongAdder();

	private final AtomicReference<Throwable> failure = new AtomicReference<>();

	private ExecutorService helpers;

	@Test
	@Timeout(value = 15, unit = TimeUnit.MINUTES)
	void everyByteIsAccountedForAndNothingIsLeft() throws Exception {
		int before = Resources.descriptorCount();
		this.helpers = Executors.newCachedThreadPool();
		long end = System.nanoTime() + DURATION.toNanos();
		CountDownLatch done = new CountDownLatch(THREADS);
		for (int i = 0; i < THREADS; i++) {
			SplittableRandom random = new SplittableRandom(i);
			Runnable worker = () -> {
				try {
					while (System.nanoTime() - end < 0 && this.failure.get() == null) {
						round(random);
						this.rounds.increment();
					}
				}
				catch (Throwable ex) {
					this.failure.compareAndSet(null, ex);
				}
				finally {
					done.countDown();
				}
			};
			if (Virtual.isAvailable() && i % 2 == 0) {
				Virtual.start(worker);
			}
			else {
				new Thread(worker, "stress-" + i).start();
			}
		}
		assertThat(done.await(DURATION.toSeconds() + 120, TimeUnit.SECONDS)).as("no worker hangs").isTrue();
		this.helpers.shutdown();
		boolean ended = this.helpers.awaitTermination(60, TimeUnit.SECONDS);
		if (this.failure.get() != null) {
			this.factory.close();
			throw new AssertionError(this.failure.get());
		}
		assertThat(ended).as("no helper hangs").isTrue();
		Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
			System.gc();
			assertThat(this.factory.statistics().openPairs()).isEmpty();
		});
		assertThat(total(Direction.SENT)).isEqualTo(this.sent.sum());
		assertThat(total(Direction.RECEIVED)).isEqualTo(this.received.sum());
		assertThat(this.factory.statistics().totals().stream().mapToLong(Totals::leaked).sum())
			.isEqualTo(2 * this.abandoned.sum());
		this.factory.close();
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before + 4);
		System.out.printf("%d rounds, %d bytes sent, %d received, %d pairs abandoned%n", this.rounds.sum(),
				this.sent.sum(), this.received.sum(), this.abandoned.sum());
	}

	private long total(Direction direction) {
		long total = 0;
		for (Totals totals : this.factory.statistics().totals()) {
			total += totals.bytes(End.FIRST, direction) + totals.bytes(End.SECOND, direction);
		}
		return total;
	}

	private void round(SplittableRandom random) throws Exception {
		String type = TYPES[random.nextInt(TYPES.length)];
		switch (random.nextInt(7)) {
			case 0, 1 -> exchange(type, random);
			case 2 -> closeUnderAReader(type, random);
			case 3 -> interruptAReader(type);
			case 4 -> useADuplicate(type, random);
			case 5 -> passAnEnd(type, random);
			default -> abandon(type, random);
		}
	}

	private SocketPair pair(String type) throws IOException {
		return this.factory.create(SocketPairOptions.builder().type(SocketType.of(type)).build());
	}

	private void send(PairedSocket socket, long id, ByteBuffer buffer) throws IOException {
		buffer.clear();
		while (buffer.remaining() >= Long.BYTES) {
			buffer.putLong(id);
		}
		this.sent.add(socket.write(buffer.flip()));
	}

	/** Reads some bytes, all of which must belong to the pair. */
	private int receive(PairedSocket socket, long id, ByteBuffer buffer) throws IOException {
		int count = socket.read(buffer.clear());
		if (count > 0) {
			this.received.add(count);
			buffer.flip();
			while (buffer.remaining() >= Long.BYTES) {
				long number = buffer.getLong();
				if (number != id) {
					throw new AssertionError("A byte of pair %d was read from pair %d".formatted(number, id));
				}
			}
		}
		return count;
	}

	private static ByteBuffer buffer(SplittableRandom random) {
		int size = Long.BYTES * (1 + random.nextInt(500));
		return random.nextBoolean() ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
	}

	private CompletableFuture<Void> help(Task task) {
		return CompletableFuture.runAsync(() -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				this.failure.compareAndSet(null, ex);
			}
		}, this.helpers);
	}

	private void exchange(String type, SplittableRandom random) throws Exception {
		long id = this.ids.getAndIncrement();
		try (SocketPair pair = pair(type)) {
			ByteBuffer out = buffer(random);
			ByteBuffer in = ByteBuffer.allocate(8 * out.capacity());
			int messages = 1 + random.nextInt(20);
			CompletableFuture<Void> sender = help(() -> {
				for (int i = 0; i < messages; i++) {
					send(pair.first(), id, out);
				}
			});
			for (long left = (long) messages * out.capacity(); left > 0;) {
				in.clear().limit(in.capacity() / Long.BYTES * Long.BYTES);
				left -= receiveAligned(pair.second(), id, in, out.capacity());
			}
			sender.get();
		}
	}

	/** A stream may be cut anywhere: read the rest of a number too. */
	private long receiveAligned(PairedSocket socket, long id, ByteBuffer in, int piece) throws IOException {
		in.clear().limit(Math.min(in.capacity(), piece));
		long count = 0;
		do {
			int received = socket.read(in);
			if (received <= 0) {
				throw new AssertionError("The end came early");
			}
			this.received.add(received);
			count += received;
		}
		while (in.position() % Long.BYTES != 0);
		in.flip();
		while (in.hasRemaining()) {
			long number = in.getLong();
			if (number != id) {
				throw new AssertionError("A byte of pair %d was read from pair %d".formatted(number, id));
			}
		}
		return count;
	}

	private void closeUnderAReader(String type, SplittableRandom random) throws Exception {
		long id = this.ids.getAndIncrement();
		SocketPair pair = pair(type);
		if (random.nextBoolean()) {
			send(pair.first(), id, ByteBuffer.allocate(Long.BYTES));
		}
		CompletableFuture<Void> closer = help(() -> {
			Thread.yield();
			pair.second().close();
		});
		try {
			while (receive(pair.second(), id, ByteBuffer.allocate(100)) >= 0) {
				// Until it is closed.
			}
		}
		catch (ClosedChannelException ex) {
			// Expected.
		}
		closer.get();
		pair.close();
	}

	private void interruptAReader(String type) throws Exception {
		SocketPair pair = pair(type);
		AtomicReference<Thread> reader = new AtomicReference<>();
		CompletableFuture<Boolean> closed = new CompletableFuture<>();
		help(() -> {
			reader.set(Thread.currentThread());
			try {
				pair.second().read(ByteBuffer.allocate(1));
				closed.complete(false);
			}
			catch (ClosedChannelException ex) {
				closed.complete(Thread.interrupted() && !pair.second().isOpen());
			}
		});
		while (reader.get() == null) {
			Thread.yield();
		}
		reader.get().interrupt();
		if (!closed.get(60, TimeUnit.SECONDS)) {
			throw new AssertionError("An interrupted reader was not told so");
		}
		pair.close();
	}

	private void useADuplicate(String type, SplittableRandom random) throws Exception {
		long id = this.ids.getAndIncrement();
		SocketPair pair = pair(type);
		try (PairedSocket duplicate = pair.second().duplicate()) {
			CompletableFuture<Void> closer = help(() -> pair.second().close());
			ByteBuffer out = buffer(random);
			send(pair.first(), id, out);
			receiveAligned(duplicate, id, ByteBuffer.allocate(out.capacity()), out.capacity());
			closer.get();
		}
		pair.close();
	}

	private void passAnEnd(String type, SplittableRandom random) throws Exception {
		long id = this.ids.getAndIncrement();
		try (SocketPair carrier = pair("seqpacket"); SocketPair pair = pair(type)) {
			try (PassedDescriptor parcel = PassedDescriptor.of(pair.second().release())) {
				this.sent.add(carrier.first().sendDescriptors(ByteBuffer.allocate(1), parcel));
			}
			List<PassedDescriptor> parcels = new ArrayList<>();
			this.received.add(carrier.second().receiveDescriptors(ByteBuffer.allocate(1), parcels));
			try (PairedSocket adopted = this.factory.adopt(parcels.get(0).release())) {
				ByteBuffer out = buffer(random);
				send(pair.first(), id, out);
				receiveAligned(adopted, id, ByteBuffer.allocate(out.capacity()), out.capacity());
			}
		}
	}

	private void abandon(String type, SplittableRandom random) throws Exception {
		SocketPair pair = pair(type);
		this.abandoned.increment();
		if (random.nextBoolean()) {
			send(pair.first(), this.ids.getAndIncrement(), ByteBuffer.allocate(Long.BYTES));
		}
		// Without it the other end might be lost, and closed, while this one sends.
		Reference.reachabilityFence(pair);
		if (this.abandoned.sum() % 1000 == 0) {
			System.gc();
		}
	}

	/** What a helper does. */
	@FunctionalInterface
	private interface Task {

		void run() throws Exception;

	}

}
