import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.zip.Adler32;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * The server of echo_server.c with Java's TLS (JSSE), on several ports: five arguments each. The JDK chooses groups for
 * the whole process (jdk.tls.namedGroups), and sends KeyUpdates after a number of bytes: with AES-GCM, here after 100,000.
 */
class JsseServer {
    private static final char[] PASSWORD = "password".toCharArray();

    private static Certificate[] certificates(String file) throws Exception {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(new Certificate[0]);
        }
    }

    private static PrivateKey key(String file, String algorithm) throws Exception {
        String pem = Files.readString(Path.of(file)).replaceAll("-----[^-]+-----|\\s", "");
        byte[] der = Base64.getDecoder().decode(pem);
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        return store;
    }

    private static SSLServerSocket listen(String chain, String key, String clientCA, boolean later) throws Exception {
        Certificate[] certificates = certificates(chain);
        KeyStore own = emptyStore();
        String algorithm = certificates[0].getPublicKey().getAlgorithm();
        own.setKeyEntry("server", key(key, algorithm), PASSWORD, certificates);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (!clientCA.equals("-")) {
            KeyStore anchors = emptyStore();
            anchors.setCertificateEntry("client CA", certificates(clientCA)[0]);
            trust.init(anchors);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), clientCA.equals("-") ? null : trust.getTrustManagers(), null);
        SSLServerSocket server = (SSLServerSocket)
            context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(!clientCA.equals("-") && !later);
        return server;
    }

    private static void serve(SSLSocket socket) throws Exception {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] bytes = new byte[16384];
        int length = in.read(bytes);
        String command = new String(bytes, 0, Math.max(length, 0), StandardCharsets.US_ASCII);
        out.write("ok\n".getBytes(StandardCharsets.US_ASCII));
        if (command.equals("close")) {
            socket.shutdownOutput();
            Adler32 sum = new Adler32();
            long received = 0;
            while ((length = in.read(bytes)) > 0) {
                sum.update(bytes, 0, length);
                received += length;
            }
            System.out.println("received " + received + " " + sum.getValue() + "\nclosed");
            return;
        }
        if (command.equals("authenticate")) { // by renegotiation: JSSE has no other way
            socket.setNeedClientAuth(true);
            socket.startHandshake();
            out.write("asked\n".getBytes(StandardCharsets.US_ASCII));
            while ((length = in.read(bytes)) > 0) {
                socket.getSession().getPeerCertificates(); // throws if there are none
                out.write(bytes, 0, length);
            }
            System.out.println("authenticated\nclosed");
            return;
        }
        while ((length = in.read(bytes)) > 0) out.write(bytes, 0, length);
        System.out.println("closed");
        out.write("end\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static void serveAll(SSLServerSocket server) {
        while (true) {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                serve(socket);
            } catch (Exception error) {
                System.out.println("failed: " + error);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        Security.setProperty("jdk.tls.keyLimits", "AES/GCM/NoPadding KeyUpdate 100000");
        for (int i = 0; i < arguments.length; i += 5) {
            SSLServerSocket server = 
                listen(arguments[i], arguments[i + 1], arguments[i + 2], arguments[i + 4].equals("later"));
            System.out.println("port " + server.getLocalPort());
            new Thread(() -> serveAll(server)).start();
        }
    }
}
