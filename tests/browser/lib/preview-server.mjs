// Serves the rendered shell as the service would: strict content policy, hashed assets. Answers 404 to everything else.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const STRICT_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };

export async function startPreview(buildDir) {
  const server = createServer(async (request, response) => {
    const found = /^\/(assets\/)?([\w.-]+)$/.exec(new URL(request.url, 'http://x').pathname);
    const name = found && (found[1] ? join('assets', found[2]) : join('preview', `${found[2]}.html`));
    try {
      const body = await readFile(join(buildDir, name ?? 'none'));
      response.writeHead(200, {
        'Content-Type': TYPES[name.split('.').pop()],
        'Content-Security-Policy': STRICT_POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'same-origin',
      });
      response.end(body);
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain' });
      response.end('not found\n');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}
