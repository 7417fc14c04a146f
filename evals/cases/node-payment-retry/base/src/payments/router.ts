import { Router } from "express";
import { asyncRoute } from "../http/async-route.js";
import { requireOrderOwner } from "../orders/require-owner.js";
import type { OrderStore } from "../orders/store.js";
import { charge } from "./charge.js";
import type { PaymentProvider } from "./provider.js";

export function paymentsRouter(orders: OrderStore, provider: PaymentProvider): Router {
  const router = Router();
  router.post(
    "/orders/:id/payment",
    requireOrderOwner(orders),
    asyncRoute(async (request, response) => {
      const paid = await charge(request.params["id"] ?? "", orders, provider);
      response.status(paid.kind === "paid" ? 200 : 402).json({ status: paid.kind });
    }),
  );
  return router;
}
