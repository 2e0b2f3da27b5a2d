package dev.socketpair.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what a page of another site sends, such as the killing of a worker. A browser
 * tells where a request comes from; other programs tell nothing, and may. Where the
 * application listens to this machine only, it has no other name than this machine's:
 * another site has given any other name to its address.
 *
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
 */
@Component
class OtherSitesFilter extends OncePerRequestFilter {

	private static final Set<String> OWN = Set.of("same-origin", "none");

	private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]", "0:0:0:0:0:0:0:1");

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String site = request.getHeader("Sec-Fetch-Site");
		boolean ofOtherSite = HttpMethod.POST.matches(request.getMethod()) && site != null && !OWN.contains(site);
		boolean ofOtherName = InetAddress.getByName(request.getLocalAddr()).isLoopbackAddress()
				&& !THIS_MACHINE.contains(request.getServerName());
		if (ofOtherSite || ofOtherName) {
			response.sendError(HttpStatus.FORBIDDEN.value());
			return;
		}
		chain.doFilter(request, response);
	}

}
