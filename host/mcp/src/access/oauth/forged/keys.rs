//! Keys that tests sign with, made for them and used nowhere else, in base64url.

/// PKCS #1.
pub(in crate::access) const RSA_PRIVATE: &str = concat!(
    "MIIEpAIBAAKCAQEAvoHZFXAwtESd7r0tP-Kg25-8CQRctyVpIDIw5jkdxrcLTGiqa5E0C6bn9crGQAEIErBt1FDv0o2SvCDa",
    "b3GvVWRA5yJ8FXQ6EynBSzC__dsLZ7RUvE_gDqNV68VC782LOeJ14HBikD95wgMQXSd4gNKnfFGRmV1aLGNL_jfvEuj9PoU8",
    "gme9JKy-bUd6bp4dOfpknLco4D96O7l2npY8T0O9AWdinnrkJ9otCFc8BPqou6dTML00ft1lB4cVhw-qjkjCHpegGTtESwYA",
    "TCga12MaQ101dQZdyCHVtD7C97d79w8rB8xtDzt_k_Y1x4S4VnEQY8xI1LM_vniPyBEulwIDAQABAoIBAAHQOvCad_Q3VP4x",
    "RyLSYEVG63jLKwDD9pC2ZEMaFxT4Ur9gSFhWx6qMD62GHRtTMdr6Wp6d7fJ7Ti1umKBdR4B7avy9liB0J0YIbI0agoatlO8L",
    "RzqK_hnVkdtOg45vI_H3Rwz4X4_PnYlBveBNIGIFifpDzSwrDdEvWXQANKKMQ1MBdnpU8lmWbnLTu9bDmBK9hmTn4ialRPwo",
    "HeY2TuulIILZKYkx9DisuY21_sMxgaBl_EDL4zGtrCnrsnsb9vZVX5f_JBxH4eIq-CidJZMIkVItqsMVmcpfq2HDDk_9xq5l",
    "hGqCjpBikST0Uwh_F16KXtiR-F2nwUoHQqMIhOECgYEA8UN0p-m2ByHEEjcU7R9BeRHTcp542tGgDI5zU-cVTROLqRW8xUCH",
    "ygDu_Xc4Vfqj20zF2oQe9ggwPvxae4KfZfr-PyCLh4extQE7DFT9WrvaODc0zmBCU_bUtmBiPeNZaIEuztIhW48n-MPigpPC",
    "Ex8kV7OiEquPeSz07Tid3bcCgYEAyiS8ZM4BHFCxzjwBK-rZhxa9W43Tcx1tuHZPwZlBrwe4SY1HjxANd94rUH2tPPXqZyd_",
    "4P8uSU-tjiuDbzapjZEIeP3h681ipPLbB0l08w5GvKvukMRSaxW2RsA5O2ZEfn7BLk5NIfBTdpg2LQSEZKqDnsqA9jqZXkmc",
    "h_ilNiECgYEAlSCJ8eRPJHdll5C-eZdRRAGVvopfz3m1QS2n8ZurmfnT4M7T4OTzShRrpPZVNyf2sm3w-hGihZcoIzaewytJ",
    "VaLgFqsKM9rXKDe7hPLfq37j8s2E8W-kb_vpHVXUQ8bMlAENqr9N6SdCoMyLrQSh-GnOb_tT2dB7nX4BYsQVKF8CgYEAlicN",
    "je974bWLLf9ie2XaqT7Z72z9OVAN1WyEt_EIWmRonrIECp_I8VYlZIfGLDcbI_6yPcYvcqNt7uIhonW_InouCfnEXGzWrmH7",
    "EoGdDoJ3RuSLtBswgXzCRfG5UYcYr8Gl66icIO6sgLZ136CwWzpRxJz1iHFkxSX20QWAayECgYBPv786A_CP1SA38_jYcwqq",
    "U8BfEuwtEsRKhrSRJ0HrrTaRXl7fGZ7oBa2GQ_Tx6DDOpkM1ln8rhltPScOm7NXL3aNjtdDQMzrN_NmEaAQb3T9D4x3r_eAn",
    "Rb_Lg5_W8ibo7FOQ_VV5M1JP1_iaeq4ELRsmomwLZlQF22J6qqsIPg",
);

/// The modulus.
pub(in crate::access) const RSA_N: &str = concat!(
    "voHZFXAwtESd7r0tP-Kg25-8CQRctyVpIDIw5jkdxrcLTGiqa5E0C6bn9crGQAEIErBt1FDv0o2SvCDab3GvVWRA5yJ8FXQ6",
    "EynBSzC__dsLZ7RUvE_gDqNV68VC782LOeJ14HBikD95wgMQXSd4gNKnfFGRmV1aLGNL_jfvEuj9PoU8gme9JKy-bUd6bp4d",
    "OfpknLco4D96O7l2npY8T0O9AWdinnrkJ9otCFc8BPqou6dTML00ft1lB4cVhw-qjkjCHpegGTtESwYATCga12MaQ101dQZd",
    "yCHVtD7C97d79w8rB8xtDzt_k_Y1x4S4VnEQY8xI1LM_vniPyBEulw",
);

/// The modulus of a key of 1024 bits.
pub(in crate::access) const SHORT_RSA_N: &str = concat!(
    "uHh-7rQUdqC1a_bThA8JuUoYQ7nM3BJ7kGwh68e_I2GAChKd1Tq2EEtqPfE_6g2svbjaSVu8dYeevq5qzbck1WBoJQlUcraa",
    "wPG0uoDM9RRr1s92ghAkhzN1L0QnE-5iMzJY_JE7WMi9rvjfPp2YQB95tq3xmVOFr6R7ec_WzTE",
);

/// PKCS #8.
pub(in crate::access) const P256_PRIVATE: &str = concat!(
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSc8mFgFMeaIGmwphzZJmcXmUGnAynCFDcxQNLFmBfzOhRANC",
    "AARP9UhK-Pbf1fx5SiV6PxlMIrvpgwrnZ8PkCRP4cE_WDqthayktWk8l7Qq7nbNngkLe4csOYIKjjBTaGmpagQ8D",
);

/// The point.
pub(in crate::access) const P256_X: &str = "T_VISvj239X8eUolej8ZTCK76YMK52fD5AkT-HBP1g4";

/// The point.
pub(in crate::access) const P256_Y: &str = "q2FrKS1aTyXtCruds2eCQt7hyw5ggqOMFNoaalqBDwM";

/// PKCS #8.
pub(in crate::access) const P384_PRIVATE: &str = concat!(
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAnpOQ6VjMpXriOq9XORXXCUuplKt2le9hG3QrZgwBpY93sr8xP",
    "r3xgdZ59LY16xuuhZANiAARWzleYFfqhNJFi2lHvKuI4yKqX0h4F4MsX9dK6L_t6obLEa53G7B1nYUpzAGIidlC8j3ZJoGec",
    "A3rKwqvF2Frcuc0IAlcSIM_RDl0TF5RzwH0W14KxJVzVUlBQEDwhdb8",
);

/// The point.
pub(in crate::access) const P384_X: &str =
    "Vs5XmBX6oTSRYtpR7yriOMiql9IeBeDLF_XSui_7eqGyxGudxuwdZ2FKcwBiInZQ";

/// The point.
pub(in crate::access) const P384_Y: &str =
    "vI92SaBnnAN6ysKrxdha3LnNCAJXEiDP0Q5dExeUc8B9FteCsSVc1VJQUBA8IXW_";

/// PKCS #8.
pub(in crate::access) const ED_PRIVATE: &str =
    "MC4CAQAwBQYDK2VwBCIEINe9-XbmyS6ukT00C6ldyJ8yE0CZIOoruTP4RQaWkUBS";

/// The point.
pub(in crate::access) const ED_X: &str = "Bx2u_1Q8X5PQjH2FnLzBJBYJyPrpAa8AnAU_SUoakeM";

/// PKCS #8.
pub(in crate::access) const OTHER_ED_PRIVATE: &str =
    "MC4CAQAwBQYDK2VwBCIEIHjtPE09YJi0owHyZYmXiD4zOdJZGeBgoTzB4qI-8Saw";

/// The point.
pub(in crate::access) const OTHER_ED_X: &str = "ShMFdSKiCtoPXt6hMwGmiOWDUS3jKWh82fZtmeQyk4E";
