#!/usr/bin/env python3
"""Says how many tests ran on which JDK with which binding, from Surefire's reports.

Fails when a test failed, when an execution that should have run left no report, and, where
CI=true, when a test was skipped.
"""

import glob
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

LIBRARY = "socketpair-spring-boot-autoconfigure"
FIRST_JDK_WITH_FOREIGN = 22
GUEST = re.compile(r"The contract of tipc ran in (.+)")


def read(directory):
	"""Return (JDK, binding, run, failed, skipped, guest for tipc), or None where no test ran."""
	jdk, binding, run, failed, skipped, guest = None, None, 0, 0, 0, None
	for file in sorted(glob.glob(os.path.join(directory, "TEST-*.xml"))):
		suite = ElementTree.parse(file).getroot()
		properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
		jdk = properties.get("java.version", jdk)
		binding = properties.get("socketpair.native-binding", "auto")
		run += int(suite.get("tests"))
		failed += int(suite.get("failures")) + int(suite.get("errors"))
		skipped += int(suite.get("skipped"))
		for said in filter(None, (GUEST.search(output.text or "") for output in suite.iter("system-out"))):
			guest = said.group(1)
	return (jdk, binding, run, failed, skipped, guest) if run > 0 else None


def expected(maven_jdk):
	"""Return the report directories that the build leaves on two JDKs."""
	names = ["surefire-reports", "surefire-reports-packaged", "surefire-reports-newer-foreign"]
	if maven_jdk is not None and int(maven_jdk.split(".")[0]) < FIRST_JDK_WITH_FOREIGN:
		names.append("surefire-reports-newer-jna")
	newest = os.path.join("sample-app", "target", "surefire-reports-newest-jdk")
	return [os.path.join(LIBRARY, "target", name) for name in names] + [newest]


def main():
	results = {directory: read(directory) for directory in sorted(glob.glob("*/target/surefire-reports*"))}
	results = {directory: result for directory, result in results.items() if result is not None}
	main_result = results.get(os.path.join(LIBRARY, "target", "surefire-reports"))
	missing = [d for d in expected(main_result[0] if main_result else None) if d not in results]

	print()
	for directory, (jdk, binding, run, failed, skipped, guest) in results.items():
		module, _, name = directory.split(os.sep)
		what = "packaged jar" if name.endswith("-packaged") else "" if module == LIBRARY else module
		print(f"JDK {jdk} {binding}{f' ({what})' if what else ''}: {run} run, {failed} failed, {skipped} skipped"
			f"{f', tipc in {guest}' if guest else ''}")
	for directory in missing:
		print(f"No test ran for {directory}")

	run, failed, skipped = (sum(result[i] for result in results.values()) for i in (2, 3, 4))
	print(f"{run - failed - skipped} passed, {failed} failed, {skipped} skipped")
	skips_count = os.environ.get("CI") == "true"
	return 1 if failed or missing or (skips_count and skipped) else 0


if __name__ == "__main__":
	sys.exit(main())
