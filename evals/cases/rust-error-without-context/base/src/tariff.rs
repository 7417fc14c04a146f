#[derive(Debug, Clone, PartialEq)]
pub struct Tariff {
    pub name: String,
    pub base_cents: u32,
    pub per_unit_cents: u32,
}

pub fn tariffs() -> Vec<Tariff> {
    vec![
        Tariff { name: "basic".into(), base_cents: 990, per_unit_cents: 12 },
        Tariff { name: "business".into(), base_cents: 4_900, per_unit_cents: 7 },
    ]
}
