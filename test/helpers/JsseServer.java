import java.io.FileInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.Security;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** An echo server with Java's TLS, one connection after another. Arguments: a PKCS #12 file, and jdk.tls.keyLimits or "". */
class JsseServer {
    public static void main(String[] arguments) throws Exception {
        if (!arguments[1].isEmpty()) Security.setProperty("jdk.tls.keyLimits", arguments[1]);
        char[] password = "password".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = new FileInputStream(arguments[0])) {
            store.load(file, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLServerSocket server = (SSLServerSocket)
            context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        System.out.println("port " + server.getLocalPort());
        while (true) {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream();
                byte[] bytes = new byte[16384];
                for (int length; (length = in.read(bytes)) > 0;) {
                    out.write(bytes, 0, length);
                }
            } catch (Exception error) {
                System.err.println(error);
            }
        }
    }
}
