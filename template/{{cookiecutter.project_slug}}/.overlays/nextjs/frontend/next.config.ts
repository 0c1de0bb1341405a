import type { NextConfig } from "next";

// Next puts small scripts of its own into each page; nothing else may run, load or frame it.
const policy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  turbopack: { root: import.meta.dirname },
  headers: () =>
    Promise.resolve([
      {
        source: "/:path*",
        headers: [
          // The development server of Next evaluates code to refresh the page; a build does not.
          ...(process.env.NODE_ENV === "production"
            ? [{ key: "Content-Security-Policy", value: policy.join("; ") }]
            : []),
          { key: "X-Content-Type-Options", value: "nosniff" },
          { key: "Referrer-Policy", value: "same-origin" },
        ],
      },
    ]),
};

export default config;
