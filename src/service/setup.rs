//! From the settings to what each room asks for.

use crate::api;
use crate::config::Config;

/// What the client of the service needs to know.
pub(super) fn api_options(config: &Config) -> api::Options {
    let (settings, attribution) = (&config.api, &config.attribution);
    let install = std::env::current_exe().unwrap_or_default();
    api::Options {
        base: settings.url.clone(),
        web: settings.web_url.clone(),
        connect_timeout: settings.connect_timeout,
        stall_timeout: settings.stall_timeout,
        message_timeout: settings.message_timeout,
        call_timeout: settings.stall_timeout,
        on_token_expired: settings.on_token_expired,
        retry_wait: settings.retry_wait,
        max_retry_after: settings.max_retry_after,
        download_hosts: settings.download_hosts.iter().map(ToString::to_string).collect(),
        upload_limit: settings.upload_limit.unwrap_or(0),
        source: attribution.source.clone(),
        version: attribution.version.clone(),
        platform: attribution.platform(&install).to_owned(),
    }
}
