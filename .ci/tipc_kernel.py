#!/usr/bin/env python3
"""Makes a directory with what QEMU boots for the tests of the domain tipc: kernel and initrd.gz.

Both are of Debian's packages, which are downloaded and taken apart, not installed. The first
program of the guest mounts the machine's own file system, read-only, and a directory for what
goes in and out; then it runs the command that it finds there.
"""

import gzip
import io
import lzma
import os
import re
import subprocess
import sys
import tarfile
import tempfile

MODULES = ["virtio_pci", "9pnet_virtio", "9p", "tipc"]
SOURCES = re.compile(r"/kernel/(drivers/virtio|fs|net)/.*\.ko(\.xz)?$")

INIT = """#!/bin/busybox sh
exec 2>&1
/bin/busybox --install -s /bin
mount -t proc proc /proc
for module in $(cat /modules/order); do insmod /modules/$module.ko; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 root /root
mount -t proc proc /root/proc
mount -t sysfs sys /root/sys
mount -t devtmpfs dev /root/dev
mount -t tmpfs tmp /root/run
mkdir /root/run/shared /root/run/tmp
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 shared /root/run/shared
chroot /root /bin/sh /run/shared/command
poweroff -f
"""


def files(package, wanted):
	"""Yield (path, content) of the files of a package whose path is wanted."""
	with tempfile.TemporaryDirectory() as directory:
		subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package], cwd=directory, check=True)
		archive = os.path.join(directory, os.listdir(directory)[0])
		with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as unpacked:
			with tarfile.open(fileobj=unpacked.stdout, mode="r|") as members:
				for member in members:
					if member.isfile() and wanted(member.name):
						yield member.name, members.extractfile(member).read()
		if unpacked.returncode != 0:
			raise subprocess.CalledProcessError(unpacked.returncode, unpacked.args)


def kernel_package():
	"""Return the package with the kernel that linux-image-amd64 stands for."""
	dependencies = subprocess.run(["apt-cache", "depends", "--important", "linux-image-amd64"],
		check=True, capture_output=True, text=True).stdout
	return re.search(r"Depends: (linux-image-\S+)", dependencies).group(1)


def in_order(modules, name, order):
	"""Add a module after those that it needs; what the kernel has built in is no file."""
	if name in modules and name not in order:
		needed = re.search(rb"\0depends=([^\0]*)\0", modules[name]).group(1).decode()
		for other in filter(None, needed.split(",")):
			in_order(modules, other, order)
		order.append(name)


def archive(members):
	"""Return a cpio archive, of the format that the kernel reads, of (path, mode, content)."""
	out = io.BytesIO()
	for number, (path, mode, content) in enumerate([*members, ("TRAILER!!!", 0, b"")], 1):
		fields = [number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path) + 1, 0]
		out.write(("070701" + "".join(f"{field:08x}" for field in fields) + path + "\0").encode())
		out.write(b"\0" * (-out.tell() % 4) + content)
		out.write(b"\0" * (-out.tell() % 4))
	return out.getvalue()


def main(directory):
	kernel, modules = None, {}
	for path, content in files(kernel_package(), lambda name: "/boot/vmlinuz" in name or SOURCES.search(name)):
		if "/boot/" in path:
			kernel = content
		else:
			name = os.path.basename(path).split(".")[0].replace("-", "_")
			modules[name] = lzma.decompress(content) if path.endswith(".xz") else content
	order = []
	for name in MODULES:
		in_order(modules, name, order)
	[(_, busybox)] = files("busybox-static", lambda name: name.endswith("bin/busybox"))

	members = [(name, 0o40755, b"") for name in ("bin", "proc", "root", "modules")]
	members += [("bin/busybox", 0o100755, busybox), ("init", 0o100755, INIT.encode())]
	members += [("modules/order", 0o100644, "\n".join(order).encode())]
	members += [(f"modules/{name}.ko", 0o100644, modules[name]) for name in order]
	os.makedirs(directory, exist_ok=True)
	with gzip.open(os.path.join(directory, "initrd.gz"), "wb", 6) as file:
		file.write(archive(members))
	# Last, so that half a directory has none
	with open(os.path.join(directory, "kernel"), "wb") as file:
		file.write(kernel)


if __name__ == "__main__":
	main(sys.argv[1])
