import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";

import { TITLE } from "../title";
import "./style.css";

export const metadata: Metadata = { title: TITLE, robots: { index: false } };
export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
