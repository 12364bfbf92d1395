// Settings under /proc/sys/net that are kept and read back but move no packet here, with the defaults and limits of
// Linux 6.1 (recorded from it; those that follow the machine's memory are of one with 384 MB).

/** One setting: where it is, whether in every namespace or only the initial one, and what it may be set to. */
export interface InertSetting {
  readonly path: string;
  readonly everywhere: boolean;
  /** i: integers; s: text; r: cannot be written; w: cannot be read. */
  readonly kind: string;
  readonly low: number;
  readonly high: number;
  readonly initial: string;
}

/** path, `*` for every namespace or `1` for the initial one and the kind, limits or `-`, default. */
const TABLE = `
core/busy_poll 1i 0.. 0
core/busy_read 1i 0.. 0
core/default_qdisc 1s - pfifo_fast
core/dev_weight 1i 1.. 64
core/dev_weight_rx_bias 1i 1.. 1
core/dev_weight_tx_bias 1i 1.. 1
core/devconf_inherit_init_net 1i 0..3 0
core/fb_tunnels_only_for_init_net 1i 0..2 0
core/gro_normal_batch 1i 1.. 8
core/high_order_alloc_disable 1i - 0
core/max_skb_frags 1i 1..17 17
core/mem_pcpu_rsv 1i 256.. 256
core/message_burst 1i - 10
core/message_cost 1i - 5
core/netdev_budget 1i - 300
core/netdev_budget_usecs 1i - 20000
core/netdev_tstamp_prequeue 1i - 1
core/netdev_unregister_timeout_secs 1i 1.. 10
core/optmem_max 1i - 20480
core/rmem_default 1i 2304.. 212992
core/rmem_max 1i 2304.. 212992
core/skb_defer_max 1i 0.. 64
core/somaxconn *i 0.. 4096
core/tstamp_allow_data 1i 0..1 1
core/txrehash *i 0..1 1
core/warnings 1i - 0
core/wmem_default 1i 4608.. 212992
core/wmem_max 1i 4608.. 212992
core/xfrm_acq_expires *i - 30
core/xfrm_aevent_etime *i - 10
core/xfrm_aevent_rseqth *i - 2
core/xfrm_larval_drop *i - 1
ipv4/cipso_cache_bucket_size 1i - 10
ipv4/cipso_cache_enable 1i - 1
ipv4/cipso_rbm_optfmt 1i - 0
ipv4/cipso_rbm_strictvalid 1i - 1
ipv4/fib_multipath_hash_fields *i 1.. 7
ipv4/fib_notify_on_flag_change *i 0..2 0
ipv4/fib_sync_mem 1i 0.. 524288
ipv4/icmp_echo_enable_probe *i 0..1 0
ipv4/igmp_link_local_mcast_reports *i 0..255 1
ipv4/igmp_max_memberships *i - 20
ipv4/igmp_max_msf *i - 10
ipv4/igmp_qrv *i 1.. 2
ipv4/inet_peer_maxttl 1i - 600
ipv4/inet_peer_minttl 1i - 120
ipv4/inet_peer_threshold 1i - 19762
ipv4/ip_autobind_reuse *i 0..1 0
ipv4/ip_dynaddr *i 0..255 0
ipv4/ip_early_demux *i 0..255 1
ipv4/ip_local_reserved_ports *s -
ipv4/ip_unprivileged_port_start *i - 1024
ipv4/ipfrag_secret_interval 1i - 0
ipv4/route/gc_elasticity 1i - 8
ipv4/route/gc_interval 1i - 60
ipv4/route/gc_min_interval 1i - 0
ipv4/route/gc_min_interval_ms 1i - 500
ipv4/route/gc_thresh 1i - -1
ipv4/route/gc_timeout 1i - 300
ipv4/route/max_size 1i - 2147483647
ipv4/route/redirect_load 1i - 2
ipv4/route/redirect_number 1i - 9
ipv4/route/redirect_silence 1i - 2048
ipv4/tcp_abort_on_overflow *i 0..255 0
ipv4/tcp_adv_win_scale *i -31..31 1
ipv4/tcp_allowed_congestion_control *s - reno cubic
ipv4/tcp_app_win *i 0..31 31
ipv4/tcp_autocorking *i 0..1 1
ipv4/tcp_available_congestion_control *r - reno cubic
ipv4/tcp_available_ulp 1r -
ipv4/tcp_base_mss *i - 1024
ipv4/tcp_challenge_ack_limit *i - 2147483647
ipv4/tcp_child_ehash_entries *i 0.. 0
ipv4/tcp_comp_sack_delay_ns *i - 1000000
ipv4/tcp_comp_sack_nr *i 0..255 44
ipv4/tcp_comp_sack_slack_ns *i - 100000
ipv4/tcp_congestion_control *s - cubic
ipv4/tcp_dsack *i 0..255 1
ipv4/tcp_early_demux *i 0..255 1
ipv4/tcp_early_retrans *i 0..4 3
ipv4/tcp_ecn *i 0..2 2
ipv4/tcp_ecn_fallback *i 0..1 1
ipv4/tcp_ehash_entries *r - 8192
ipv4/tcp_fack *i 0..255 0
ipv4/tcp_fastopen *i - 1
ipv4/tcp_fastopen_blackhole_timeout_sec *i 0.. 0
ipv4/tcp_fastopen_key *s - 00000000-00000000-00000000-00000000
ipv4/tcp_fin_timeout *i - 60
ipv4/tcp_frto *i 0..255 2
ipv4/tcp_fwmark_accept *i 0..255 0
ipv4/tcp_invalid_ratelimit *i - 500
ipv4/tcp_keepalive_intvl *i - 75
ipv4/tcp_keepalive_probes *i 0..255 9
ipv4/tcp_keepalive_time *i - 7200
ipv4/tcp_limit_output_bytes *i - 1048576
ipv4/tcp_low_latency 1i - 0
ipv4/tcp_max_orphans 1i - 4096
ipv4/tcp_max_reordering *i 1.. 300
ipv4/tcp_max_syn_backlog *i - 128
ipv4/tcp_max_tw_buckets *i - 4096
ipv4/tcp_mem 1i - 4299 5732 8598
ipv4/tcp_migrate_req *i 0..1 0
ipv4/tcp_min_rtt_wlen *i 0..86400 300
ipv4/tcp_min_snd_mss *i 48..65535 48
ipv4/tcp_min_tso_segs *i 1..255 2
ipv4/tcp_moderate_rcvbuf *i 0..255 1
ipv4/tcp_mtu_probe_floor *i 48..65535 48
ipv4/tcp_mtu_probing *i 0..255 0
ipv4/tcp_no_metrics_save *i 0..255 0
ipv4/tcp_no_ssthresh_metrics_save *i 0..1 1
ipv4/tcp_notsent_lowat *i 0.. 4294967295
ipv4/tcp_orphan_retries *i 0..255 0
ipv4/tcp_pacing_ca_ratio *i 0..1000 120
ipv4/tcp_pacing_ss_ratio *i 0..1000 200
ipv4/tcp_probe_interval *i 0..42949672 600
ipv4/tcp_probe_threshold *i - 8
ipv4/tcp_recovery *i 0..255 1
ipv4/tcp_reflect_tos *i 0..1 0
ipv4/tcp_reordering *i 1.. 3
ipv4/tcp_retrans_collapse *i 0..255 1
ipv4/tcp_retries1 *i 0..255 3
ipv4/tcp_retries2 *i 0..255 15
ipv4/tcp_rfc1337 *i 0..255 0
ipv4/tcp_rmem *i - 4096 131072 2935200
ipv4/tcp_sack *i 0..255 1
ipv4/tcp_shrink_window *i 0..1 0
ipv4/tcp_slow_start_after_idle *i 0..255 1
ipv4/tcp_stdurg *i 0..255 0
ipv4/tcp_syn_retries *i 1..127 6
ipv4/tcp_synack_retries *i 0..255 5
ipv4/tcp_syncookies *i 0..255 1
ipv4/tcp_thin_linear_timeouts *i 0..255 0
ipv4/tcp_timestamps *i 0..255 1
ipv4/tcp_tso_rtt_log *i 0..255 9
ipv4/tcp_tso_win_divisor *i 0..255 3
ipv4/tcp_tw_reuse *i 0..2 2
ipv4/tcp_window_scaling *i 0..255 1
ipv4/tcp_wmem *i 1.. 4096 16384 2935200
ipv4/tcp_workaround_signed_windows *i 0..255 0
ipv4/udp_early_demux *i 0..255 1
ipv4/udp_mem 1i - 8598 11465 17196
ipv4/udp_rmem_min *i 1.. 4096
ipv4/udp_wmem_min *i 1.. 4096
ipv4/xfrm4_gc_thresh *i - 32768
ipv6/anycast_src_echo_reply *i - 0
ipv6/auto_flowlabels *i - 1
ipv6/bindv6only *i - 0
ipv6/calipso_cache_bucket_size *i - 10
ipv6/calipso_cache_enable *i - 1
ipv6/conf/all/accept_dad *i - 0
ipv6/conf/all/accept_ra *i - 1
ipv6/conf/all/accept_ra_defrtr *i - 1
ipv6/conf/all/accept_ra_from_local *i - 0
ipv6/conf/all/accept_ra_min_hop_limit *i - 1
ipv6/conf/all/accept_ra_min_lft *i - 0
ipv6/conf/all/accept_ra_mtu *i - 1
ipv6/conf/all/accept_ra_pinfo *i - 1
ipv6/conf/all/accept_ra_rt_info_max_plen *i - 0
ipv6/conf/all/accept_ra_rt_info_min_plen *i - 0
ipv6/conf/all/accept_ra_rtr_pref *i - 1
ipv6/conf/all/accept_redirects *i - 1
ipv6/conf/all/accept_source_route *i - 0
ipv6/conf/all/accept_untracked_na *i - 0
ipv6/conf/all/addr_gen_mode *i - 0
ipv6/conf/all/autoconf *i - 1
ipv6/conf/all/dad_transmits *i - 1
ipv6/conf/all/disable_ipv6 *i - 0
ipv6/conf/all/disable_policy *i - 0
ipv6/conf/all/drop_unicast_in_l2_multicast *i - 0
ipv6/conf/all/drop_unsolicited_na *i - 0
ipv6/conf/all/enhanced_dad *i - 1
ipv6/conf/all/force_mld_version *i - 0
ipv6/conf/all/force_tllao *i - 0
ipv6/conf/all/forwarding *i - 0
ipv6/conf/all/hop_limit *i - 64
ipv6/conf/all/ignore_routes_with_linkdown *i - 0
ipv6/conf/all/ioam6_enabled *i - 0
ipv6/conf/all/ioam6_id *i - 65535
ipv6/conf/all/ioam6_id_wide *i - 4294967295
ipv6/conf/all/keep_addr_on_down *i - 0
ipv6/conf/all/max_addresses *i - 16
ipv6/conf/all/max_desync_factor *i - 600
ipv6/conf/all/mldv1_unsolicited_report_interval *i - 10000
ipv6/conf/all/mldv2_unsolicited_report_interval *i - 1000
ipv6/conf/all/mtu *i - 1280
ipv6/conf/all/ndisc_evict_nocarrier *i - 1
ipv6/conf/all/ndisc_notify *i - 0
ipv6/conf/all/ndisc_tclass *i - 0
ipv6/conf/all/proxy_ndp *i - 0
ipv6/conf/all/ra_defrtr_metric *i - 1024
ipv6/conf/all/regen_max_retry *i - 3
ipv6/conf/all/router_probe_interval *i - 60
ipv6/conf/all/router_solicitation_delay *i - 1
ipv6/conf/all/router_solicitation_interval *i - 4
ipv6/conf/all/router_solicitation_max_interval *i - 3600
ipv6/conf/all/router_solicitations *i - -1
ipv6/conf/all/rpl_seg_enabled *i - 0
ipv6/conf/all/seg6_enabled *i - 0
ipv6/conf/all/stable_secret *s -
ipv6/conf/all/suppress_frag_ndisc *i - 1
ipv6/conf/all/temp_prefered_lft *i - 86400
ipv6/conf/all/temp_valid_lft *i - 604800
ipv6/conf/all/use_oif_addrs_only *i - 0
ipv6/conf/all/use_tempaddr *i - 0
ipv6/fib_multipath_hash_fields *i - 7
ipv6/fib_multipath_hash_policy *i - 0
ipv6/fib_notify_on_flag_change *i - 0
ipv6/flowlabel_consistency *i - 1
ipv6/flowlabel_reflect *i - 0
ipv6/flowlabel_state_ranges *i - 0
ipv6/fwmark_reflect *i - 0
ipv6/icmp/echo_ignore_all *i - 0
ipv6/icmp/echo_ignore_anycast *i - 0
ipv6/icmp/echo_ignore_multicast *i - 0
ipv6/icmp/ratelimit *i - 1000
ipv6/icmp/ratemask *s - 0-1,3-127
ipv6/idgen_delay *i - 1
ipv6/idgen_retries *i - 3
ipv6/ioam6_id *i - 16777215
ipv6/ioam6_id_wide *i - 72057594037927935
ipv6/ip6frag_high_thresh *i - 4194304
ipv6/ip6frag_low_thresh *i - 3145728
ipv6/ip6frag_secret_interval *i - 0
ipv6/ip6frag_time *i - 60
ipv6/ip_nonlocal_bind *i - 0
ipv6/max_dst_opts_length *i - 2147483647
ipv6/max_dst_opts_number *i - 8
ipv6/max_hbh_length *i - 2147483647
ipv6/max_hbh_opts_number *i - 8
ipv6/mld_max_msf *i - 64
ipv6/mld_qrv *i - 2
ipv6/neigh/default/anycast_delay 1i - 100
ipv6/neigh/default/app_solicit 1i - 0
ipv6/neigh/default/base_reachable_time 1i - 30
ipv6/neigh/default/base_reachable_time_ms 1i - 30000
ipv6/neigh/default/delay_first_probe_time 1i - 5
ipv6/neigh/default/gc_interval 1i - 30
ipv6/neigh/default/gc_stale_time 1i - 60
ipv6/neigh/default/gc_thresh1 1i - 128
ipv6/neigh/default/gc_thresh2 1i - 512
ipv6/neigh/default/gc_thresh3 1i - 1024
ipv6/neigh/default/interval_probe_time_ms 1i - 5000
ipv6/neigh/default/locktime 1i - 0
ipv6/neigh/default/mcast_resolicit 1i - 0
ipv6/neigh/default/mcast_solicit 1i - 3
ipv6/neigh/default/proxy_delay 1i - 80
ipv6/neigh/default/proxy_qlen 1i - 64
ipv6/neigh/default/retrans_time 1i - 100
ipv6/neigh/default/retrans_time_ms 1i - 1000
ipv6/neigh/default/ucast_solicit 1i - 3
ipv6/neigh/default/unres_qlen 1i - 101
ipv6/neigh/default/unres_qlen_bytes 1i - 212992
ipv6/route/flush *w -
ipv6/route/gc_elasticity *i - 9
ipv6/route/gc_interval *i - 30
ipv6/route/gc_min_interval *i - 0
ipv6/route/gc_min_interval_ms *i - 500
ipv6/route/gc_thresh *i - 1024
ipv6/route/gc_timeout *i - 60
ipv6/route/max_size *i - 2147483647
ipv6/route/min_adv_mss *i - 1220
ipv6/route/mtu_expires *i - 600
ipv6/route/skip_notify_on_dev_down *i - 0
ipv6/seg6_flowlabel *i - 0
ipv6/xfrm6_gc_thresh *i - 32768
unix/max_dgram_qlen *i - 10
`;

function parse(line: string): InertSetting {
  const [path, flags, limits, ...rest] = line.split(' ');
  const [low, high] = limits === '-' ? ['', ''] : limits.split('..');
  return {
    path,
    everywhere: flags[0] === '*',
    kind: flags[1],
    low: low === '' ? Number.NEGATIVE_INFINITY : Number(low),
    high: high === '' ? Number.POSITIVE_INFINITY : Number(high),
    initial: rest.join('\t'),
  };
}

/** By path below /proc/sys/net; the settings of IPv6 on a device are those of `ipv6/conf/all`. */
export const INERT_SETTINGS: ReadonlyMap<string, InertSetting> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(' ')), parse(line)]),
);
