//! Showing health.

use crate::model::forecast::{Act, Forecast};
use crate::model::freshness::Rules;
use crate::model::state::Model;
use tenor_testkit::action::ShowHealth;

impl Act for ShowHealth<'_> {
    const NAME: &'static str = "health";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let account = model.account(&self.of.account());
        forecast.take(model.health(account, Rules::from(self.view_of)));
        forecast
    }
}
