package dev.socketpair.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import dev.socketpair.Errno;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The C library as either binding calls it.
 */
@NothingLeaks
class LibcContractTests {

	private static final int AF_UNIX = 1;

	private static final int AF_INET = 2;

	private static final int SOCK_STREAM = 1;

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	private final ByteBuffer memory = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());

	private final long address = this.libc.addressOf(this.memory);

	@ParameterizedTest
	@ValueSource(longs = { 0, 0x10, -1 })
	void badAddressOfDescriptorsIsFaultAndLeaksNothing(long sv) {
		int before = Resources.descriptorCount();
		assertThat(this.libc.socketpair(AF_UNIX, SOCK_STREAM, 0, sv)).isEqualTo(-Errno.EFAULT.number());
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
	}

	@Test
	void errnoOfAnEarlierFailureIsNotSeenInALaterSuccess() {
		assertThat(this.libc.socketpair(AF_INET, SOCK_STREAM, 0, this.address)).isEqualTo(-Errno.EOPNOTSUPP.number());
		assertThat(this.libc.socketpair(AF_UNIX, SOCK_STREAM, 0, this.address)).isZero();
		assertThat(this.libc.close(this.memory.getInt(0))).isZero();
		assertThat(this.libc.close(this.memory.getInt(4))).isZero();
	}

	@Test
	void badDescriptorIsTold() {
		int bad = -Errno.EBADF.number();
		assertThat(this.libc.close(-1)).isEqualTo(bad);
		assertThat(this.libc.send(-1, this.address, 1, 0)).isEqualTo(bad);
		assertThat(this.libc.send(-1, this.memory, 0)).isEqualTo(bad);
		assertThat(this.libc.recv(-1, this.address, 1, 0)).isEqualTo(bad);
		assertThat(this.libc.recv(-1, this.memory, 0)).isEqualTo(bad);
		assertThat(this.libc.sendmsg(-1, this.address, 0)).isEqualTo(bad);
		assertThat(this.libc.recvmsg(-1, this.address, 0)).isEqualTo(bad);
		assertThat(this.libc.shutdown(-1, LinuxAbi.SHUT_RD)).isEqualTo(bad);
		assertThat(this.libc.fcntl(-1, LinuxAbi.F_GETFD, 0)).isEqualTo(bad);
		assertThat(this.libc.dup3(-1, 0, LinuxAbi.O_CLOEXEC)).isEqualTo(bad);
		assertThat(this.libc.write(-1, this.address, 1)).isEqualTo(bad);
		assertThat(this.libc.ioctl(-1, LinuxAbi.FIONREAD, this.address)).isEqualTo(bad);
		assertThat(this.libc.getsockopt(-1, LinuxAbi.SOL_SOCKET, LinuxAbi.SO_TYPE, this.address, this.address + 8))
			.isEqualTo(bad);
		assertThat(this.libc.setsockopt(-1, LinuxAbi.SOL_SOCKET, LinuxAbi.SO_SNDBUF, this.address, Integer.BYTES))
			.isEqualTo(bad);
	}

	@Test
	void signalOfInvalidNumberIsRefused() {
		assertThat(this.libc.pthreadKill(this.libc.pthreadSelf(), 1000)).isEqualTo(-Errno.EINVAL.number());
	}

	@Test
	void addressIsThatOfTheFirstByteWhateverThePosition() {
		this.memory.position(7);
		assertThat(this.libc.addressOf(this.memory)).isEqualTo(this.address);
	}

	@Test
	void directBufferIsMovedFromItsPositionToItsLimit() {
		assertThat(this.libc.socketpair(AF_UNIX, SOCK_STREAM, 0, this.address)).isZero();
		int first = this.memory.getInt(0);
		int second = this.memory.getInt(4);
		ByteBuffer sent = ByteBuffer.allocateDirect(8).put(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }).position(2).limit(5);
		ByteBuffer received = ByteBuffer.allocateDirect(8).position(3).limit(7);
		assertThat(this.libc.send(first, sent, LinuxAbi.MSG_NOSIGNAL)).isEqualTo(3);
		assertThat(this.libc.recv(second, received, LinuxAbi.MSG_DONTWAIT)).isEqualTo(3);
		assertThat(received.get(3)).isEqualTo((byte) 3);
		assertThat(received.get(5)).isEqualTo((byte) 5);
		assertThat(received.get(6)).isZero();
		assertThat(received.position()).isEqualTo(3);
		assertThat(this.libc.recv(second, received, LinuxAbi.MSG_DONTWAIT)).isEqualTo(-Errno.EAGAIN.number());
		this.libc.close(first);
		assertThat(this.libc.send(second, sent, LinuxAbi.MSG_NOSIGNAL)).isEqualTo(-Errno.EPIPE.number());
		this.libc.close(second);
	}

	@Test
	void descriptorLimitIsRead() {
		assertThat(this.libc.getrlimit(LinuxAbi.RLIMIT_NOFILE, this.address)).isZero();
		assertThat(this.memory.getLong(0)).isPositive();
	}

}
