// The modules of networking that Debian's user-mode Linux 6.1 has: loading one that the lab does not model changes
// nothing and is no error.

export const NETWORK_MODULES: ReadonlySet<string> = new Set(
  (
    '6lowpan 8021q 9pnet 9pnet_fd act_bpf act_connmark act_csum act_ct act_ctinfo act_gact act_ife ' +
    'act_ipt act_meta_mark act_meta_skbprio act_meta_skbtcindex act_mirred act_mpls act_nat act_pedit ' +
    'act_police act_sample act_simple act_skbedit act_skbmod act_tunnel_key act_vlan adin af_key ' +
    'af_packet af_packet_diag ah4 ah6 amd appletalk aquantia arp_tables arpt_mangle arptable_filter atm ' +
    'auth_rpcgss ax88796b batman_adv bcm7xxx bcm87xx bcm_phy_lib bonding bpfilter br2684 br_netfilter ' +
    'bridge broadcom bsd_comp caif caif_socket caif_usb can can_bcm can_dev can_gw can_j1939 can_raw ' +
    'chnl_net cicada clip cls_basic cls_bpf cls_cgroup cls_flow cls_flower cls_fw cls_matchall cls_route ' +
    'cls_u32 cortina davicom dccp dccp_diag dccp_ipv4 dccp_ipv6 diag dns_resolver dp83822 dp83848 dp83867 ' +
    'dp83tc811 dummy ebt_802_3 ebt_among ebt_arp ebt_arpreply ebt_dnat ebt_ip ebt_ip6 ebt_limit ebt_log ' +
    'ebt_mark ebt_mark_m ebt_nflog ebt_pkttype ebt_redirect ebt_snat ebt_stp ebt_vlan ebtable_broute ' +
    'ebtable_filter ebtable_nat ebtables em_canid em_cmp em_ipset em_ipt em_meta em_nbyte em_text em_u32 ' +
    'eql esp4 esp4_offload esp6 esp6_offload et1011c failover fakelb fixed_phy fou fou6 garp geneve gre ' +
    'gtp hci hsr icplus ieee802154 ieee802154_6lowpan ieee802154_socket ifb ife ila inet_diag intel_xway ' +
    'ip6_gre ip6_tables ip6_tunnel ip6_udp_tunnel ip6_vti ip6t_NPT ip6t_REJECT ip6t_SYNPROXY ip6t_ah ' +
    'ip6t_eui64 ip6t_frag ip6t_hbh ip6t_ipv6header ip6t_mh ip6t_rpfilter ip6t_rt ip6t_srh ip6table_filter ' +
    'ip6table_mangle ip6table_nat ip6table_raw ip6table_security ip_gre ip_set ip_set_bitmap_ip ' +
    'ip_set_bitmap_ipmac ip_set_bitmap_port ip_set_hash_ip ip_set_hash_ipmac ip_set_hash_ipmark ' +
    'ip_set_hash_ipport ip_set_hash_ipportip ip_set_hash_ipportnet ip_set_hash_mac ip_set_hash_net ' +
    'ip_set_hash_netiface ip_set_hash_netnet ip_set_hash_netport ip_set_hash_netportnet ip_set_list_set ' +
    'ip_tables ip_tunnel ip_vs ip_vs_dh ip_vs_fo ip_vs_ftp ip_vs_lblc ip_vs_lblcr ip_vs_lc ip_vs_mh ' +
    'ip_vs_nq ip_vs_ovf ip_vs_pe_sip ip_vs_rr ip_vs_sed ip_vs_sh ip_vs_wlc ip_vs_wrr ip_vti ipcomp ' +
    'ipcomp6 ipddp ipip ipt_CLUSTERIP ipt_ECN ipt_REJECT ipt_SYNPROXY ipt_ah ipt_rpfilter iptable_filter ' +
    'iptable_mangle iptable_nat iptable_raw iptable_security ipv6 ipvlan ipvtap kcm l2tp_core l2tp_ppp ' +
    'lapb lec libceph libphy llc llc2 lxt m_can mac802154 macsec macvlan macvtap marvell marvell10g ' +
    'mdio_bitbang mdio_devres micrel microchip microchip_t1 mip6 mpls_gso mpls_iptunnel mpls_router mpoa ' +
    'mrp mscc national nci net_failover netconsole netlink_diag nf_conncount nf_conntrack ' +
    'nf_conntrack_amanda nf_conntrack_bridge nf_conntrack_broadcast nf_conntrack_ftp nf_conntrack_h323 ' +
    'nf_conntrack_irc nf_conntrack_netbios_ns nf_conntrack_netlink nf_conntrack_pptp nf_conntrack_sane ' +
    'nf_conntrack_sip nf_conntrack_snmp nf_conntrack_tftp nf_defrag_ipv4 nf_defrag_ipv6 nf_dup_ipv4 ' +
    'nf_dup_ipv6 nf_flow_table nf_flow_table_inet nf_log_syslog nf_nat nf_nat_amanda nf_nat_ftp ' +
    'nf_nat_h323 nf_nat_irc nf_nat_pptp nf_nat_sip nf_nat_snmp_basic nf_nat_tftp nf_reject_ipv4 ' +
    'nf_reject_ipv6 nf_socket_ipv4 nf_socket_ipv6 nf_synproxy_core nf_tables nf_tproxy_ipv4 ' +
    'nf_tproxy_ipv6 nfc nfnetlink nfnetlink_acct nfnetlink_cttimeout nfnetlink_log nfnetlink_osf ' +
    'nfnetlink_queue nft_compat nft_connlimit nft_ct nft_hash nft_limit nft_log nft_masq nft_numgen ' +
    'nft_objref nft_osf nft_queue nft_quota nft_redir nft_reject nft_socket nft_tproxy nft_tunnel ' +
    'nft_xfrm nhc_dest nhc_fragment nhc_ghc_ext_dest nhc_ghc_ext_frag nhc_ghc_ext_hop nhc_ghc_ext_route ' +
    'nhc_ghc_icmpv6 nhc_ghc_udp nhc_hop nhc_ipv6 nhc_mobility nhc_routing nhc_udp nlmon nsh openvswitch ' +
    'p8022 phonet pn_pep ppp_async ppp_deflate ppp_generic ppp_mppe ppp_synctty pppoatm pppoe pppox pptp ' +
    'psample psnap qsemi raw_diag rds rds_tcp realtek rockchip rpcsec_gss_krb5 rxrpc sch_cake sch_cbs ' +
    'sch_choke sch_codel sch_drr sch_etf sch_fq sch_fq_codel sch_gred sch_hfsc sch_hhf sch_htb ' +
    'sch_ingress sch_mqprio sch_multiq sch_netem sch_pie sch_plug sch_prio sch_qfq sch_red sch_sfb ' +
    'sch_sfq sch_skbprio sch_taprio sch_tbf sch_teql sctp sctp_diag selftests sit slcan slhc slip smsc ' +
    'ste10Xp stp sunrpc tap tcp_bbr tcp_bic tcp_cdg tcp_cubic tcp_dctcp tcp_diag tcp_highspeed tcp_htcp ' +
    'tcp_hybla tcp_illinois tcp_lp tcp_nv tcp_scalable tcp_vegas tcp_veno tcp_westwood tcp_yeah team ' +
    'team_mode_activebackup team_mode_broadcast team_mode_loadbalance team_mode_random ' +
    'team_mode_roundrobin teranetics tipc tls tun tunnel4 tunnel6 uPD60620 udp_diag udp_tunnel unix ' +
    'unix_diag vcan veth virtio_net vitesse vmw_vsock_virtio_transport vmw_vsock_virtio_transport_common ' +
    'vport_geneve vport_gre vport_vxlan vrf vsock vsock_diag vsock_loopback vxcan vxlan x25 x_tables ' +
    'xfrm4_tunnel xfrm6_tunnel xfrm_algo xfrm_ipcomp xfrm_user xilinx_gmii2rgmii xt_AUDIT xt_CHECKSUM ' +
    'xt_CLASSIFY xt_CONNSECMARK xt_CT xt_DSCP xt_HL xt_HMARK xt_IDLETIMER xt_LOG xt_MASQUERADE xt_NETMAP ' +
    'xt_NFLOG xt_NFQUEUE xt_RATEEST xt_REDIRECT xt_SECMARK xt_TCPMSS xt_TCPOPTSTRIP xt_TEE xt_TPROXY ' +
    'xt_TRACE xt_addrtype xt_bpf xt_cgroup xt_cluster xt_comment xt_connbytes xt_connlabel xt_connlimit ' +
    'xt_connmark xt_conntrack xt_cpu xt_dccp xt_devgroup xt_dscp xt_ecn xt_esp xt_hashlimit xt_helper ' +
    'xt_hl xt_ipcomp xt_iprange xt_ipvs xt_l2tp xt_length xt_limit xt_mac xt_mark xt_multiport xt_nat ' +
    'xt_nfacct xt_osf xt_owner xt_physdev xt_pkttype xt_policy xt_quota xt_rateest xt_realm xt_recent ' +
    'xt_sctp xt_set xt_socket xt_state xt_statistic xt_string xt_tcpmss xt_tcpudp xt_time xt_u32'
  ).split(' '),
);
