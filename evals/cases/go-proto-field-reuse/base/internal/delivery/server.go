package delivery

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/delivery/gen/deliveryv1"
)

type Planner interface {
	Plan(ctx context.Context, order, address string, day time.Time) (string, error)
}

type Server struct {
	deliveryv1.UnimplementedDeliveriesServer
	planner Planner
}

func (s *Server) Plan(ctx context.Context, request *deliveryv1.PlanRequest) (*deliveryv1.PlanReply, error) {
	if request.GetOrderId() == "" || request.GetAddressId() == "" {
		return nil, status.Error(codes.InvalidArgument, "order_id and address_id are required")
	}
	id, err := s.planner.Plan(ctx, request.GetOrderId(), request.GetAddressId(), time.Unix(request.GetDate(), 0))
	if err != nil {
		return nil, status.Error(codes.Internal, "not planned")
	}
	return &deliveryv1.PlanReply{DeliveryId: id}, nil
}
