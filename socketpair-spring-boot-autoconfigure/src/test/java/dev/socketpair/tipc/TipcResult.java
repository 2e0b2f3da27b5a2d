package dev.socketpair.tipc;

import java.io.Serializable;

/**
 * What came of one test in the guest.
 *
 * @param name the test
 * @param status SUCCESSFUL, FAILED, ABORTED or SKIPPED
 * @param detail why, or nothing
 */
record TipcResult(String name, String status, String detail) implements Serializable {
}
