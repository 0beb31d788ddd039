//! AWS' own published examples, each by its name.

use super::*;

struct Example {
    /// Where AWS published it.
    name: &'static str,
    method: Method,
    url: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static [u8],
    time: &'static str,
    service: &'static str,
    signed: &'static str,
    signature: &'static str,
}

/// "Signature Version 4 test suite" and the IAM example of the "Signature Version 4 signing process".
const SUITE: (&str, &[u8]) = ("AKIDEXAMPLE", b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
const SUITE_TIME: &str = "2015-08-30T12:36:00.000000000Z";
/// "Authenticating Requests: Using the Authorization Header" of the S3 API reference.
const S3_KEYS: (&str, &[u8]) = (
    "AKIAIOSFODNN7EXAMPLE",
    b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
);
const S3_TIME: &str = "2013-05-24T00:00:00.000000000Z";

fn examples() -> Vec<Example> {
    vec![
        Example {
            name: "signing process, IAM ListUsers",
            method: Method::GET,
            url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
            headers: &[(
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            )],
            body: b"",
            time: SUITE_TIME,
            service: "iam",
            signed: "content-type;host;x-amz-date",
            signature: "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        },
        Example {
            name: "test suite, get-vanilla",
            method: Method::GET,
            url: "https://example.amazonaws.com/",
            headers: &[],
            body: b"",
            time: SUITE_TIME,
            service: "service",
            signed: "host;x-amz-date",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        },
        Example {
            name: "test suite, get-vanilla-query-order-key-case",
            method: Method::GET,
            url: "https://example.amazonaws.com/?Param2=value2&Param1=value1",
            headers: &[],
            body: b"",
            time: SUITE_TIME,
            service: "service",
            signed: "host;x-amz-date",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        },
        Example {
            name: "test suite, post-vanilla",
            method: Method::POST,
            url: "https://example.amazonaws.com/",
            headers: &[],
            body: b"",
            time: SUITE_TIME,
            service: "service",
            signed: "host;x-amz-date",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        },
        Example {
            name: "S3, GET Object",
            method: Method::GET,
            url: "https://examplebucket.s3.amazonaws.com/test.txt",
            headers: &[("range", "bytes=0-9")],
            body: b"",
            time: S3_TIME,
            service: "s3",
            signed: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        },
        Example {
            name: "S3, PUT Object",
            method: Method::PUT,
            url: "https://examplebucket.s3.amazonaws.com/test$file.text",
            headers: &[
                ("date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            body: b"Welcome to Amazon S3.",
            time: S3_TIME,
            service: "s3",
            signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        },
        Example {
            name: "S3, GET Bucket Lifecycle",
            method: Method::GET,
            url: "https://examplebucket.s3.amazonaws.com/?lifecycle",
            headers: &[],
            body: b"",
            time: S3_TIME,
            service: "s3",
            signed: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        },
        Example {
            name: "S3, GET Bucket (List Objects)",
            method: Method::GET,
            url: "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
            headers: &[],
            body: b"",
            time: S3_TIME,
            service: "s3",
            signed: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        },
    ]
}

fn signed(example: &Example, token: Option<&[u8]>, body: &BodyHash) -> HeaderMap {
    let to = HttpUrl::parse(example.url).unwrap();
    let (id, secret) = if example.service == "s3" {
        S3_KEYS
    } else {
        SUITE
    };
    let aws = AwsSigV4 {
        service: example.service.to_owned(),
        region: "us-east-1".to_owned(),
        access_key_id: id.to_owned(),
        session_token: None,
    };
    let mut headers = HeaderMap::new();
    headers.insert("host", to.authority().parse().unwrap());
    headers.insert("user-agent", "not signed".parse().unwrap());
    for (name, value) in example.headers {
        headers.insert(*name, value.parse().unwrap());
    }
    let signing = Signing {
        method: &example.method,
        to: &to,
        aws: &aws,
        secret,
        token,
        body,
        time: example.time.parse().unwrap(),
    };
    signing.sign(&mut headers).unwrap();
    headers
}

fn hash(body: &[u8]) -> BodyHash {
    BodyHash::Known(Sha256::digest(body).into())
}

#[test]
fn signs_what_aws_published_as_aws_did() {
    for example in examples() {
        let headers = signed(&example, None, &hash(example.body));
        let value = headers["authorization"].to_str().unwrap();
        let end = format!(
            "SignedHeaders={}, Signature={}",
            example.signed, example.signature
        );
        assert!(value.ends_with(&end), "{}: {value}", example.name);
    }
}

#[test]
fn derives_the_key_that_aws_published() {
    let signing = Signing {
        method: &Method::GET,
        to: &HttpUrl::parse("https://iam.amazonaws.com/").unwrap(),
        aws: &AwsSigV4 {
            service: "iam".to_owned(),
            region: "us-east-1".to_owned(),
            access_key_id: String::new(),
            session_token: None,
        },
        secret: SUITE.1,
        token: None,
        body: &BodyHash::Unknown,
        time: Timestamp::now(),
    };
    assert_eq!(
        hexadecimal(&signing.key("20150830").unwrap()),
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
    );
}

#[test]
fn a_session_token_and_a_body_in_pieces_are_signed_too() {
    let examples = examples();
    let get = &examples[4];
    let headers = signed(get, Some(b"the-session-token"), &BodyHash::Unknown);
    assert_eq!(headers["x-amz-security-token"], "the-session-token");
    assert!(headers["x-amz-security-token"].is_sensitive());
    assert_eq!(headers["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
    let value = headers["authorization"].to_str().unwrap();
    let names = "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-security-token,";
    assert!(value.contains(names), "{value}");
    assert!(!value.contains("not signed"));
}

#[test]
fn paths_and_queries_have_one_spelling() {
    for (query, canonical) in [
        ("", ""),
        ("b=2&a=1&a=0", "a=0&a=1&b=2"),
        ("a", "a="),
        ("a=b%2fc&a=%41", "a=A&a=b%2Fc"),
        ("A=1&a=1&=x", "=x&A=1&a=1"),
        ("a=b+c", "a=b%2Bc"),
    ] {
        assert_eq!(canonical_query(query), canonical, "{query}");
    }
    assert_eq!(
        path_encoded(&decoded("/a:b/%41%20c/d%2ae")),
        "/a%3Ab/A%20c/d%2Ae"
    );
    assert_eq!(decoded("%4"), b"%4");
    assert_eq!(decoded("%zz%"), b"%zz%");
    assert_eq!(trimmed("  a   b\t c "), "a b c");
}
