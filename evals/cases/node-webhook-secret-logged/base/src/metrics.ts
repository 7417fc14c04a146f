import { Counter } from "prom-client";

export const webhooksSent = new Counter({ name: "webhooks_sent_total", help: "Deliveries accepted by customers" });
