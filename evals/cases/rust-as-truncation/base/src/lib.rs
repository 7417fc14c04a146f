pub mod error;
pub mod payment;
pub mod refund;
