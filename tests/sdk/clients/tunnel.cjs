// Loaded before an SDK: whatever opens a TLS connection, goes through the proxy by CONNECT, as it would where the
// system's settings name a proxy. The SDKs themselves are told nothing.

'use strict';
const http = require('node:http');
const https = require('node:https');
const tls = require('node:tls');

const proxy = new URL(process.env.SALLYPORT_PROXY);

https.Agent.prototype.createConnection = function (options, connected) {
  const host = options.host ?? options.hostname;
  const asked = http.request({
    host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: `${host}:${options.port ?? 443}`, agent: false,
  });
  asked.on('connect', (reply, socket) => {
    if (reply.statusCode !== 200) {
      socket.destroy();
      connected(new Error(`the proxy answered CONNECT with ${reply.statusCode}`));
      return;
    }
    connected(null, tls.connect({ ...options, path: undefined, socket, servername: options.servername || host }));
  });
  asked.on('error', connected);
  asked.end();
};

// fetch() of Node, and of whatever brings its own undici of the same line.
const { ProxyAgent, setGlobalDispatcher } = require('undici');
setGlobalDispatcher(new ProxyAgent(proxy.href));
